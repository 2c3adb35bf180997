// A patient's allergies in one of four states. A failure is a state of its own and never an empty list.
import { useAllergyIntolerancesQuery } from '@galen/core';
import { allergyStatus, type AllergyStatus } from '@galen/fhir';
import { useLabels } from '@galen/ui';
import { useMemo } from 'react';

export function useAllergies(patient: string) {
  const { words } = useLabels();
  const query = useAllergyIntolerancesQuery({ patient });
  const { data, isError } = query;
  const status = useMemo((): AllergyStatus | undefined => {
    if (data) return allergyStatus({ records: data.resources, incomplete: !data.isComplete, words });
    return isError ? allergyStatus({ records: undefined, words }) : undefined;
  }, [data, isError, words]);
  return { status, query };
}
