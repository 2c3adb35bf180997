// A child's growth against the reference curves, one measure at a time.
import { useWords } from '@galen/core';
import type { PatientView, ResultView } from '@galen/fhir';
import { RadioGroup, Stack, useLabels } from '@galen/ui';
import { GrowthChart, type GrowthMeasure } from '@galen/ui/charts';
import { useState } from 'react';
import { words } from '../words/words';

const MEASURES: readonly GrowthMeasure[] = ['weight', 'height', 'bmi', 'head'];

export default function Growth({ patient, results }: { patient: PatientView; results: readonly ResultView[] }) {
  const t = useWords(words);
  const labels = useLabels();
  const [measure, setMeasure] = useState<GrowthMeasure>('weight');
  return (
    <Stack gap={3}>
      <RadioGroup
        label={t('growth')}
        inline
        value={measure}
        onChange={(value) => setMeasure(MEASURES.find((known) => known === value) ?? 'weight')}
        choices={MEASURES.map((value) => ({ value, label: labels.growth.measures[value] }))}
      />
      <GrowthChart measure={measure} gender={patient.gender} born={patient.born} results={results} />
    </Stack>
  );
}
