// The page around the portals: header, navigation, palette, and the dialogs that may come up anywhere.
import { Brand, CONNECTIONS_PATH, ConnectionBar, PreferenceMenus } from '@galen/account';
import {
  changePreferences,
  isAllowed,
  LANGUAGES,
  lazyScreen,
  Navigate,
  Route,
  Routes,
  STAFF_LANGUAGES,
  useAppSelector,
  useLocation,
  useNavigate,
  usePreferences,
  useShortcut,
  useWords,
  type Language,
} from '@galen/core';
import { AppFrame, EmptyState, Icon, iconNames, LoadingState, type IconName } from '@galen/ui';
import { Suspense, useEffect, useMemo, useState } from 'react';
import type { PortalManifest, PortalNavigation } from '../portals/manifest';
import { PortalOutlet } from '../portals/portal-outlet';
import { words } from '../words/words';
import { AccountMenu } from './account-menu';
import { BreakGlassDialog } from './break-glass-dialog';
import { Keyboard, shownKeys } from './keyboard';
import { Palette, type PaletteTarget } from './palette';

const Connections = lazyScreen(() => import('@galen/account/connections'));

interface Screen extends PortalNavigation {
  href: string;
  text: string;
}

const labelIn = (label: { en: string } & Record<string, string>, language: Language) => label[language] ?? label.en;
const iconOf = (name: string): IconName => iconNames.find((known) => known === name) ?? 'list';

function useScreens(portals: readonly PortalManifest[]): { portal: PortalManifest; label: string; screens: Screen[] }[] {
  const { language } = usePreferences();
  const activities = useAppSelector((state) => state.session.who?.activities);
  return useMemo(() => {
    const may = (permissions: readonly string[]) => permissions.length === 0 || isAllowed(activities ?? [], permissions);
    return portals
      .filter(({ permissions }) => may(permissions))
      .map((portal) => ({
        portal,
        label: labelIn(portal.label, language),
        screens: portal.nav
          .filter(({ permissions }) => may(permissions))
          .map((screen) => ({ ...screen, href: `/${portal.name}${screen.path}`, text: labelIn(screen.label, language) })),
      }));
  }, [portals, activities, language]);
}

/** Those who work here read screens that are there in their languages only; nobody gets one half in another. */
function useLanguages(isPatient: boolean): readonly Language[] {
  const { language } = usePreferences();
  const languages = isPatient ? LANGUAGES : STAFF_LANGUAGES;
  useEffect(() => {
    if (!languages.includes(language)) changePreferences({ language: 'en' });
  }, [languages, language]);
  return languages;
}

function ScreenShortcut({ keys, label, run }: { keys: string; label: string; run: () => void }) {
  useShortcut(keys, label, run);
  return null;
}

export function Frame({ portals }: { portals: readonly PortalManifest[] }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [overlay, setOverlay] = useState<'palette' | 'keyboard' | null>(null);
  const open = useScreens(portals);
  // Whoever sees their own record has no patients to find.
  const isPatient = useAppSelector((state) => isAllowed(state.session.who?.activities ?? [], ['G-OWN-RECORD']));
  const languages = useLanguages(isPatient);
  const close = () => setOverlay(null);
  useShortcut('mod+k', t('find'), () => setOverlay('palette'));
  useShortcut('?', t('keyboardHelp'), () => setOverlay('keyboard'));

  const screens: PaletteTarget[] = open.flatMap(({ screens }) =>
    screens.map(({ href, text, icon, keys }) => ({
      id: href,
      label: text,
      icon: iconOf(icon),
      ...(keys !== undefined && { keys: shownKeys(keys).join(' ') }),
      run: () => void navigate(href),
    })),
  );
  const actions: PaletteTarget[] = [
    { id: 'connections', label: t('connections'), icon: 'link', run: () => void navigate(CONNECTIONS_PATH) },
    { id: 'keyboard', label: t('keyboardHelp'), icon: 'keyboard', keys: '?', run: () => setOverlay('keyboard') },
  ];
  const home = open[0]?.screens[0]?.href;
  return (
    <>
      {open.flatMap(({ screens }) =>
        screens.map(({ href, text, keys }) =>
          keys === undefined ? null : (
            <ScreenShortcut key={href} keys={keys} label={t('goTo', { screen: text })} run={() => void navigate(href)} />
          ),
        ),
      )}
      <AppFrame
        brand={<Brand />}
        search={isPatient ? undefined : (
          <button type="button" className="find" onClick={() => setOverlay('palette')} aria-keyshortcuts="Control+K">
            <Icon name="search" />
            <span className="find-text">{t('find')}</span>
            <kbd className="g-keys" aria-hidden="true">{shownKeys('mod+k')}</kbd>
          </button>
        )}
        tools={
          <>
            <PreferenceMenus languages={languages} />
            <AccountMenu onKeyboardHelp={() => setOverlay('keyboard')} />
          </>
        }
        navigation={open.map(({ label, screens }) => ({
          label,
          items: screens.map(({ href, text, icon }) => ({
            href,
            label: text,
            icon: iconOf(icon),
            current: pathname === href || pathname.startsWith(`${href}/`),
          })),
        }))}
        bars={<ConnectionBar />}
        location={pathname}
        phoneNavigation={open.length > 0 && open.every(({ portal }) => portal.phoneNavigation === 'bottom') ? 'bottom' : 'fold'}
      >
        <Routes>
          {home !== undefined && <Route path="/" element={<Navigate to={home} replace />} />}
          {home !== undefined && <Route path="/sign-in" element={<Navigate to={home} replace />} />}
          {open.map(({ portal, label }) => (
            <Route
              key={portal.name}
              path={`/${portal.name}/*`}
              element={<PortalOutlet key={portal.name} manifest={portal} label={label} />}
            />
          ))}
          <Route
            path={CONNECTIONS_PATH}
            element={<Suspense fallback={<LoadingState lines={6} />}><Connections /></Suspense>}
          />
          <Route path="*" element={<Nowhere isEmpty={home === undefined} />} />
        </Routes>
      </AppFrame>
      <Palette opened={overlay === 'palette'} onClose={close} screens={screens} actions={actions} />
      <Keyboard opened={overlay === 'keyboard'} onClose={close} />
      <BreakGlassDialog />
    </>
  );
}

function Nowhere({ isEmpty }: { isEmpty: boolean }) {
  const t = useWords(words);
  return isEmpty ? (
    <EmptyState icon="lock" title={t('noPortal')}>{t('noPortalDetail')}</EmptyState>
  ) : (
    <EmptyState icon="question" title={t('noScreen')}>{t('noScreenDetail')}</EmptyState>
  );
}
