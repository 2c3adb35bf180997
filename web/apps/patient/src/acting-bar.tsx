// Whoever acts for somebody else sees it on every screen.
import { actingChanged, useAppDispatch, useNavigate, useWords } from '@galen/core';
import { Banner, Button } from '@galen/ui';
import { fullName, useActedFor } from './own';
import { useAddress } from './place';
import { words } from './words/words';

export function ActingBar() {
  const t = useWords(words);
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const address = useAddress();
  const acted = useActedFor();
  if (!acted) return null;
  const stop = () => {
    dispatch(actingChanged(null));
    void navigate(address('home'));
  };
  return (
    <Banner tone="warning" icon="people" action={<Button size="sm" onClick={stop}>{t('actingStop')}</Button>}>
      {t('actingFor', { name: acted.person ? fullName(acted.person) : '…' })}
    </Banner>
  );
}
