// Portals in development and tests: imported from their source, without federation.
import desk from '../../../desk/portal.json';
import doctor from '../../../doctor/portal.json';
import patient from '../../../patient/portal.json';
import type { PortalModule } from './load';
import type { PortalManifest } from './manifest';

const sources: Record<string, () => Promise<PortalModule>> = {
  desk: () => import('../../../desk/src/portal'),
  doctor: () => import('../../../doctor/src/portal'),
  patient: () => import('../../../patient/src/portal'),
};

export async function portals(): Promise<PortalManifest[]> {
  return [desk, doctor, { ...patient, phoneNavigation: 'bottom' }];
}

export async function portalModule({ name }: PortalManifest): Promise<PortalModule> {
  const source = sources[name];
  if (!source) throw new Error(`portal ${name}: unknown`);
  return source();
}
