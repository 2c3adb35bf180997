// Problems, immunizations, encounters, documents, bundles.
import { describe, expect, it } from 'vitest';
import { nextPage, outcomeTexts, resourcesOf } from './bundles';
import { encounterList, immunizationList, procedureView } from './care';
import { attachmentText, attachmentView, documentList, documentView, reportView } from './documents';
import { problemList, problemView } from './problems';
import type { Condition } from './resources';
import { encounterItem, problemItem } from './timelines';

const code = (text: string) => ({ coding: [{ code: text }] });

describe('problems', () => {
  const condition = (text: string, clinical: string | undefined, parts: Partial<Condition> = {}): Condition => ({ resourceType: 'Condition', id: text, code: { text }, verificationStatus: code('confirmed'), ...(clinical && { clinicalStatus: code(clinical) }), ...parts });

  it('parts active, resolved and refuted, newest first, and drops errors', () => {
    const list = problemList([
      condition('asthma', 'active', { onsetDateTime: '1990' }), condition('relapsed', 'relapse', { onsetDateTime: '2020-05' }), condition('flu', 'resolved'), condition('ca', 'remission'),
      condition('not so', 'active', { verificationStatus: code('refuted') }), condition('typo', 'active', { verificationStatus: code('entered-in-error') }), condition('unclear', undefined), condition('over', undefined, { abatementDateTime: '2021' }),
    ]);
    expect(list.active.map((each) => each.name)).toEqual(['relapsed', 'asthma', 'unclear']);
    expect(list.resolved.map((each) => each.name).sort()).toEqual(['ca', 'flu', 'over']);
    expect(list.refuted.map((each) => each.name)).toEqual(['not so']);
  });

  it.each<[Partial<Condition>, object]>([
    [{ onsetDateTime: '1990-02' }, { moment: { precision: 'month', iso: '1990-02' } }],
    [{ onsetAge: { value: 12, code: 'a' } }, { text: '12 years' }],
    [{ onsetString: 'in childhood' }, { text: 'in childhood' }],
    [{ onsetRange: { low: { value: 3 }, high: { value: 5 } } }, { text: '3 – 5' }],
    [{ onsetPeriod: { start: '2001' } }, { moment: { precision: 'year' } }],
  ])('keeps onset %j as precise as it is', (parts, onset) => expect(problemView(condition('x', 'active', parts)).onset).toMatchObject(onset));
});

describe('care', () => {
  it('lists immunizations newest first, with those refused, without errors', () => {
    const views = immunizationList([
      { resourceType: 'Immunization', id: '1', status: 'completed', vaccineCode: { text: 'MMR' }, occurrenceDateTime: '2001-02', protocolApplied: [{ doseNumberPositiveInt: 1, seriesDosesPositiveInt: 2 }] },
      { resourceType: 'Immunization', id: '2', status: 'not-done', statusReason: { text: 'Declined' }, vaccineCode: { text: 'Flu' }, occurrenceDateTime: '2026-10-01' },
      { resourceType: 'Immunization', id: '3', status: 'entered-in-error', vaccineCode: { text: 'X' } },
      { resourceType: 'Immunization', id: '4', status: 'completed', occurrenceString: 'as a child', primarySource: false },
    ]);
    expect(views).toMatchObject([{ id: '2', status: 'not-done', reason: 'Declined' }, { id: '1', dose: '1 of 2' }, { id: '4', occurredText: 'as a child', reportedOnly: true, vaccine: 'Not named' }]);
  });

  it('orders encounters by start, unfinished ones included', () => {
    const views = encounterList([
      { resourceType: 'Encounter', id: 'old', status: 'finished', class: { code: 'AMB' }, type: [{ text: 'Check-up' }], period: { start: '2020-01-01' } },
      { resourceType: 'Encounter', id: 'in', status: 'in-progress', class: { code: 'IMP' }, period: { start: '2026-11-20' }, location: [{ location: { display: 'Ward 1' } }, { location: { display: 'Ward 2' } }] },
      { resourceType: 'Encounter', id: 'err', status: 'entered-in-error' },
    ]);
    expect(views.map((view) => view.id)).toEqual(['in', 'old']);
    expect(views[0]).toMatchObject({ location: 'Ward 2' });
    expect(views.map((view) => encounterItem(view, 'Of a class'))).toMatchObject([{ title: 'Of a class', detail: 'Ward 2' }, { title: 'Check-up', detail: 'Of a class' }]);
    expect(encounterItem({ id: 'x', classCode: '', status: 'finished', reasons: [] }).title).toBe('Not named');
    expect(views.map((view) => encounterItem(view).status)).toEqual(['in-progress', undefined]);
  });

  it('reads procedures by date, period or words', () => {
    expect(procedureView({ resourceType: 'Procedure', performedPeriod: { start: '2020-02' } }).performed?.precision).toBe('month');
    expect(procedureView({ resourceType: 'Procedure', performedString: 'years ago' }).performedText).toBe('years ago');
  });

  it('puts problems on the timeline from onset to end', () => {
    const item = problemItem(problemView({ resourceType: 'Condition', id: 'c', onsetDateTime: '2001', abatementDateTime: '2002' }));
    expect([item.at?.iso, item.end?.iso]).toEqual(['2001', '2002']);
  });
});

describe('documents', () => {
  it.each([
    ['text/plain; charset=utf-8', 'text'], ['text/html', 'html'], ['application/xhtml+xml', 'html'], ['application/pdf', 'pdf'], ['image/png', 'image'], ['image/svg+xml', 'other'], ['application/octet-stream', 'other'], [undefined, 'other'],
  ])('%s is shown as %s', (contentType, kind) => expect(attachmentView(contentType === undefined ? {} : { contentType }).kind).toBe(kind));

  it('decodes text in the character set it names, and survives one that nobody knows', () => {
    const base64 = btoa(String.fromCharCode(...new TextEncoder().encode('Müller 病院')));
    expect(attachmentText(attachmentView({ contentType: 'text/plain; charset=utf-8', data: base64 }))).toBe('Müller 病院');
    expect(attachmentText(attachmentView({ contentType: 'text/plain; charset=iso-8859-1', data: btoa('M\u00fcller') }))).toBe('Müller');
    expect(attachmentText(attachmentView({ contentType: 'text/plain; charset=klingon', data: base64 }))).toBe('Müller 病院');
    expect(attachmentText(attachmentView({ contentType: 'text/plain', data: '%%%' }))).toBeUndefined();
    expect(attachmentText(attachmentView({ contentType: 'text/plain' }))).toBeUndefined();
  });

  it('keeps superseded documents and drops errors', () => {
    const views = [
      documentView({ resourceType: 'DocumentReference', id: '1', status: 'superseded', type: { text: 'Letter' }, date: '2020' }),
      documentView({ resourceType: 'DocumentReference', id: '2', status: 'current', docStatus: 'entered-in-error' }),
      reportView({ resourceType: 'DiagnosticReport', id: '3', status: 'final', code: { text: 'X-ray' }, effectiveDateTime: '2021', result: [{ reference: 'Observation/1' }], conclusion: 'Clear' }),
    ];
    expect(documentList(views)).toMatchObject([{ id: '3', conclusion: 'Clear', resultReferences: ['Observation/1'] }, { id: '1', status: 'superseded' }]);
  });
});

describe('bundles', () => {
  it('takes one type out and finds the next page', () => {
    const bundle = { resourceType: 'Bundle' as const, link: [{ relation: 'self', url: 's' }, { relation: 'next', url: 'n' }], entry: [{ resource: { resourceType: 'Condition' } }, { resource: { resourceType: 'OperationOutcome' } }, {}] };
    expect(resourcesOf<Condition>(bundle, 'Condition')).toHaveLength(1);
    expect(nextPage(bundle)).toBe('n');
    expect(nextPage(undefined)).toBeUndefined();
  });

  it('reads an outcome, worst first', () => {
    expect(outcomeTexts({ resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'a' }, { severity: 'error', code: 'b', details: { text: 'Wrong' } }] })).toEqual(['Wrong', 'a']);
  });
});
