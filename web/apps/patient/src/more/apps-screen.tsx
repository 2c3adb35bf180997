// The applications that the patient connected: the same screen as everywhere.
import ConnectionsScreen from '@galen/account/connections';
import { useWords } from '@galen/core';
import { Icon, Link } from '@galen/ui';
import { useAddress } from '../place';
import { words } from '../words/words';

export default function AppsScreen() {
  const t = useWords(words);
  const address = useAddress();
  return (
    <div className="p-screen">
      <Link href={address('more')} className="p-back"><Icon name="chevronStart" size={1} />{t('back')}</Link>
      <ConnectionsScreen />
    </div>
  );
}
