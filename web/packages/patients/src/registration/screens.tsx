// Registration, loaded as one: whoever comes for one of these screens goes on to the others.
import { Route, Routes, useWords } from '@galen/core';
import { EmptyState } from '@galen/ui';
import { words } from '../words/words';
import { AmendScreen } from './amend-screen';
import { MergeScreen } from './merge-screen';
import { RecordScreen } from './record-screen';
import { RegisterScreen } from './register-screen';

export default function RegistrationScreens() {
  const t = useWords(words);
  return (
    <Routes>
      <Route index element={<RegisterScreen />} />
      <Route path=":id" element={<RecordScreen />} />
      <Route path=":id/amend" element={<AmendScreen />} />
      <Route path=":id/merge" element={<MergeScreen />} />
      <Route path="*" element={<EmptyState icon="question" title={t('noScreen')} />} />
    </Routes>
  );
}
