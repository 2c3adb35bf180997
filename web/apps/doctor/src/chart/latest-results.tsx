// The last result of each test, one line each.
import type { ResultGroup } from '@galen/fhir';
import { ClinicalDate, ResultValue } from '@galen/ui';

const LATEST_MAX = 8;

/** The tests that were done last. */
export function latestGroups(groups: readonly ResultGroup[], count: number = LATEST_MAX): ResultGroup[] {
  const when = ({ latest }: ResultGroup) => latest.at?.earliest ?? -Infinity;
  return groups.toSorted((a, b) => when(b) - when(a) || 0).slice(0, count);
}

export function LatestResults({ groups }: { groups: readonly ResultGroup[] }) {
  return (
    <ul className="lines">
      {groups.map((group) => (
        <li key={group.key} className="line">
          <span dir="auto">{group.name}</span>
          <span className="line-value"><ResultValue result={group.latest} showDelta /></span>
          <span className="line-when"><ClinicalDate value={group.latest.at} dateOnly absent="" /></span>
        </li>
      ))}
    </ul>
  );
}
