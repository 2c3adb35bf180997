// Problems, one line each: what, since when, and what is not certain about it.
import type { OnsetView, ProblemView } from '@galen/fhir';
import { Badge, ClinicalDate, useLabels } from '@galen/ui';
import { useWords } from '@galen/core';
import { words } from '../words/words';

function Moment({ onset }: { onset: OnsetView }) {
  return onset.moment ? <ClinicalDate value={onset.moment} dateOnly /> : <span dir="auto">{onset.text}</span>;
}

export function ProblemLine({ problem }: { problem: ProblemView }) {
  const t = useWords(words);
  const labels = useLabels();
  const isUncertain = problem.verification !== 'confirmed' && problem.verification !== 'unconfirmed';
  return (
    <div className="line">
      <div>
        <span dir="auto">{problem.name}</span>
        {problem.site !== undefined && <span className="g-tone-muted" dir="auto"> {problem.site}</span>}
        {problem.severity !== undefined && <> <Badge>{problem.severity}</Badge></>}
        {isUncertain && <> <Badge tone="info">{labels.allergies.verification[problem.verification] ?? problem.verification}</Badge></>}
        {problem.notes.map((note) => <div key={note} className="g-tone-muted g-size-sm" dir="auto">{note}</div>)}
      </div>
      <div className="line-when">
        {problem.onset && <Moment onset={problem.onset} />}
        {problem.abated && <> – <Moment onset={problem.abated} /></>}
        {!problem.onset && problem.recorded && <><span className="g-tone-muted">{t('since')}</span> <ClinicalDate value={problem.recorded} dateOnly /></>}
      </div>
    </div>
  );
}

export function ProblemLines({ problems }: { problems: readonly ProblemView[] }) {
  return (
    <ul className="lines">
      {problems.map((problem) => <li key={problem.id}><ProblemLine problem={problem} /></li>)}
    </ul>
  );
}
