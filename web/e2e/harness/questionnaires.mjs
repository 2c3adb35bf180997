// A questionnaire with every item type of R4, one that is no kind of its own, and conditions.
const TRANSLATION = 'http://hl7.org/fhir/StructureDefinition/translation';
const arabic = (content) => ({ extension: [{ url: TRANSLATION, extension: [{ url: 'lang', valueCode: 'ar' }, { url: 'content', valueString: content }] }] });
const coding = (code, display) => ({ valueCoding: { system: 'https://galen.test/answers', code, display } });

export const BEFORE_VISIT = {
  resourceType: 'Questionnaire',
  id: 'before-visit',
  url: 'https://galen.test/Questionnaire/before-visit',
  version: '1',
  status: 'active',
  title: 'Before your visit',
  _title: arabic('قبل زيارتك'),
  description: 'A few questions, so that we can prepare.',
  subjectType: ['Patient'],
  item: [
    { linkId: 'intro', type: 'display', text: 'It takes about five minutes.' },
    { linkId: 'health', type: 'group', text: 'Your health', _text: arabic('صحتك'), item: [
      { linkId: 'smoke', type: 'boolean', text: 'Do you smoke?', _text: arabic('هل تدخن؟'), required: true },
      { linkId: 'cigarettes', type: 'integer', text: 'How many cigarettes a day?', required: true, enableWhen: [{ question: 'smoke', operator: '=', answerBoolean: true }] },
      { linkId: 'pain', type: 'choice', text: 'Do you have pain?', required: true, answerOption: [coding('none', 'No pain'), coding('some', 'Some pain'), coding('strong', 'Strong pain')] },
      { linkId: 'where', type: 'open-choice', text: 'Where does it hurt?', repeats: true, enableBehavior: 'any',
        enableWhen: [{ question: 'pain', operator: '=', answerCoding: coding('some').valueCoding }, { question: 'pain', operator: '=', answerCoding: coding('strong').valueCoding }],
        answerOption: [coding('head', 'Head'), coding('back', 'Back'), coding('belly', 'Belly')] },
      { linkId: 'weight', type: 'quantity', text: 'How much do you weigh?', extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/questionnaire-unit', valueCoding: { system: 'http://unitsofmeasure.org', code: 'kg', display: 'kg' } }] },
      { linkId: 'temperature', type: 'decimal', text: 'Your temperature' },
    ] },
    { linkId: 'medicines', type: 'group', text: 'A medicine that you take', repeats: true, item: [
      { linkId: 'medicine', type: 'string', text: 'Name of the medicine' },
      { linkId: 'since', type: 'date', text: 'Since when?' },
    ] },
    { linkId: 'more', type: 'group', text: 'More', item: [
      { linkId: 'when', type: 'dateTime', text: 'When did it begin?' },
      { linkId: 'sleep', type: 'time', text: 'When do you go to bed?' },
      { linkId: 'story', type: 'text', text: 'Tell us more' },
      { linkId: 'page', type: 'url', text: 'A web page about it' },
      { linkId: 'photo', type: 'attachment', text: 'A photo' },
      { linkId: 'helper', type: 'reference', text: 'Who helps you at home?' },
      { linkId: 'signature', type: 'question', text: 'Anything else' },
    ] },
  ],
};
