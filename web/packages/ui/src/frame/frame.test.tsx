// The page: landmarks, the folded navigation, tabs that are places, states that do not lie, documents that do nothing.
import { attachmentView } from '@galen/fhir';
import { expectAccessible, renderUi } from '@galen/testing';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { ErrorState } from '../feedback/alert';
import { OfflineBar, StaleBar } from '../feedback/bars';
import { arabicLabels } from '../labels/arabic';
import { englishLabels } from '../labels/english';
import { AppFrame } from './app-frame';
import { DocumentViewer } from './document-viewer';
import { PrintSheet } from './print-sheet';
import { TabLinks } from './tab-links';

const navigation = [{ label: 'Clinic', items: [{ href: '/today', label: 'Today', current: true }, { href: '/inbox', label: 'Inbox', count: 3, countLabel: '3 unread' }] }];

describe('AppFrame', () => {
  it('has landmarks, a skip link, the current place marked, and no finding of axe', async () => {
    const { container } = renderUi(<AppFrame brand="Galen" navigation={navigation}><h1>Today</h1></AppFrame>);
    expect(screen.getByRole('main')).toHaveAttribute('id', 'main');
    expect(screen.getByRole('link', { name: 'Skip to content' })).toHaveAttribute('href', '#main');
    expect(screen.getByRole('link', { name: 'Today' })).toHaveAttribute('aria-current', 'page');
    expect(screen.getByRole('navigation', { name: 'Main' })).toBeVisible();
    await expectAccessible(container);
  });

  it('at the bottom edge of a phone has no button to unfold, and the same places', async () => {
    const { container } = renderUi(<AppFrame brand="Galen" navigation={navigation} phoneNavigation="bottom"><h1>Today</h1></AppFrame>);
    expect(screen.queryByRole('button', { name: 'Open menu' })).not.toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Today' })).toHaveAttribute('aria-current', 'page');
    await expectAccessible(container);
  });

  it('unfolds the navigation by its button, and folds it on Esc and on going elsewhere', async () => {
    const frame = (location: string) => <AppFrame brand="Galen" navigation={navigation} location={location}>x</AppFrame>;
    const { rerender } = renderUi(frame('/a'));
    const button = screen.getByRole('button', { name: 'Open menu' });
    await userEvent.click(button);
    expect(button).toHaveAttribute('aria-expanded', 'true');
    await userEvent.keyboard('{Escape}');
    expect(button).toHaveAttribute('aria-expanded', 'false');
    await userEvent.click(button);
    rerender(frame('/b'));
    expect(button).toHaveAttribute('aria-expanded', 'false');
  });

  it('uses the link of the router', () => {
    renderUi(<TabLinks label="Chart" tabs={[{ href: '/r', label: 'Results', current: true, count: 7 }]} />, { link: ({ href, children, ...rest }) => <a data-router href={href} {...rest}>{children}</a> });
    const tab = screen.getByRole('link', { name: /Results/ });
    expect(tab).toHaveAttribute('data-router');
    expect(tab).toHaveAttribute('aria-current', 'page');
  });
});

describe('states', () => {
  it('warns that a failure is not an empty list, and offers another try', async () => {
    const retry = vi.fn();
    renderUi(<ErrorState reference="7F3A" onRetry={retry} />);
    expect(screen.getByRole('alert')).toHaveTextContent(/Do not take it as "nothing recorded".*7F3A/);
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(retry).toHaveBeenCalledOnce();
  });

  it('says how old what is shown is, and that the server is gone', () => {
    renderUi(<><StaleBar time="06:15" /><OfflineBar state="offline" /><OfflineBar state="online" /></>);
    expect(screen.getAllByRole('status').map((bar) => bar.textContent)).toEqual([
      'Showing what was known at 06:15. It may have changed since.',
      'No connection to the server. You can read what is open; changes cannot be saved until it is back.',
    ]);
  });
});

describe('DocumentViewer', () => {
  it('shows text as text', () => {
    const { container } = renderUi(<DocumentViewer attachment={attachmentView({ contentType: 'text/plain', data: btoa('<script>run()</script>') })} />);
    expect(container.querySelector('pre')).toHaveTextContent('<script>run()</script>');
    expect(container.querySelector('pre script')).toBeNull();
  });

  it('puts a page into a frame that may do nothing', async () => {
    renderUi(<DocumentViewer attachment={attachmentView({ contentType: 'text/html', data: btoa('<p>x</p>') })} title="Letter" />);
    const frame = await screen.findByTitle('Letter');
    expect(frame).toHaveAttribute('sandbox', '');
    expect(frame.getAttribute('src')).toMatch(/^blob:/);
  });

  it('offers what it cannot show for download, SVG included', async () => {
    renderUi(<DocumentViewer attachment={attachmentView({ contentType: 'image/svg+xml', data: btoa('<svg/>'), title: 'drawing' })} />);
    expect(await screen.findByRole('link', { name: 'Download' })).toHaveAttribute('download', 'drawing');
  });

  it('says that it could not be loaded', () => {
    renderUi(<DocumentViewer attachment={attachmentView({ contentType: 'application/pdf' })} failed onRetry={() => undefined} />);
    expect(screen.getByRole('alert')).toHaveTextContent('The document could not be loaded');
  });
});

describe('PrintSheet', () => {
  it('repeats who it is about in the head of the table', () => {
    const { container } = renderUi(<PrintSheet title="Summary" identity="OKAFOR · 943 476 5919" footer="Printed">x</PrintSheet>);
    expect(container.querySelector('thead')).toHaveTextContent('OKAFOR · 943 476 5919');
    expect(container.querySelector('tfoot')).toHaveTextContent('Printed');
  });
});

describe('Arabic', () => {
  const leaves = (value: unknown, path = ''): [string, unknown][] =>
    typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, child]) => leaves(child, `${path}.${key}`)) : [[path, value]];

  it('says everything that English says, in its own letters', () => {
    const arabic = new Map(leaves(arabicLabels));
    const same = /^\.(language|growth\.units|words\.numbers)/;
    const missing = leaves(englishLabels).filter(([path, english]) => !same.test(path) && typeof english === 'string' && !/\p{Script=Arabic}/u.test(String(arabic.get(path) ?? '')));
    expect(missing.map(([path]) => path)).toEqual([]);
  });
});
