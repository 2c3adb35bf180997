// An EHR launch: another application on the record that is open here.
import { isRefusal, useLaunchableQuery, useLaunchMutation, useWords } from '@galen/core';
import { IconButton, Menu, showToast } from '@galen/ui';
import { words } from '../words/words';

/** Nothing where there is nothing to open: it is an offer, not a part of the record. */
export function OpenInApp({ patient }: { patient: string }) {
  const t = useWords(words);
  const { data: applications = [] } = useLaunchableQuery();
  const [launch, { isLoading }] = useLaunchMutation();
  if (applications.length === 0) return null;

  const open = async (client: string) => {
    // Opened while the press still counts as one: a tab that opens after an answer is a pop-up to the browser.
    const tab = window.open('about:blank', '_blank');
    if (!tab) {
      showToast(t('openAppBlocked'), 'warning');
      return;
    }
    // The application gets no hold of this page.
    tab.opener = null;
    const { data, error } = await launch({ launchClient: { client, patient } });
    if (data) {
      tab.location.replace(data.url);
      return;
    }
    tab.close();
    showToast(isRefusal(error) && error.status !== 0 && error.detail !== '' ? error.detail : t('openAppFailed'), 'critical');
  };
  return (
    <div className="open-in-app">
      <Menu
        label={t('openAppHint')}
        // A word would push the last tab out of sight on a usual screen.
        trigger={<IconButton icon="external" label={t('openApp')} loading={isLoading} />}
        items={applications.map(({ client, name }) => ({ key: client, label: name, onSelect: () => void open(client) }))}
      />
    </div>
  );
}
