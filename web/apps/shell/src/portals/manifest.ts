// What the shell knows of a portal before it loads it: the portal's own portal.json, collected into /portals.json.

export interface PortalNavigation {
  path: string;
  /** By language; English is always there. */
  label: { en: string } & Record<string, string>;
  icon: string;
  /** Any one of these activities shows it; nobody is kept out by an empty list. */
  permissions: string[];
  /** Keys that lead there, such as `g p`. */
  keys?: string;
}

export interface PortalManifest {
  name: string;
  entry: string;
  label: { en: string } & Record<string, string>;
  permissions: string[];
  nav: PortalNavigation[];
  slots: string[];
  routes: string[];
  /** How its screens are reached on a phone, where there are no others; folded away where it does not say. */
  phoneNavigation?: string;
}

const isManifest = (value: unknown): value is PortalManifest => {
  const manifest = value as Partial<PortalManifest> | null;
  return (
    typeof manifest?.name === 'string' &&
    typeof manifest.entry === 'string' &&
    Array.isArray(manifest.permissions) &&
    Array.isArray(manifest.nav)
  );
};

export async function fetchManifests(): Promise<PortalManifest[]> {
  const response = await fetch('/portals.json', { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`portals.json: ${response.status}`);
  const body: unknown = await response.json();
  if (!Array.isArray(body) || !body.every(isManifest)) throw new Error('portals.json: not a list of portals');
  return body;
}
