// What every page does before it draws: the policy for markup, and the nonce for the kit's own style elements.
import { adoptPolicy } from './trusted-types';

export function prepare(): { nonce?: string } {
  adoptPolicy((globalThis as { trustedTypes?: Parameters<typeof adoptPolicy>[0] }).trustedTypes);
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
  // The kit's scroll lock adds a style element of its own and asks for the nonce here.
  Object.assign(globalThis, { __webpack_nonce__: nonce });
  return nonce === undefined ? {} : { nonce };
}
