//! The sheet behind `?`: every shortcut, and the switch that turns single keys off (WCAG 2.1.4).
import { Checkbox } from '../controls/fields';
import { useLabels } from '../labels/context';
import { Heading, Keys } from '../layout/layout';
import { Dialog } from './dialog';

export interface Shortcut {
  /** Keys pressed one after the other; each may be a chord such as `Ctrl+K`. */
  keys: readonly string[];
  label: string;
}

export interface ShortcutGroup {
  label: string;
  shortcuts: readonly Shortcut[];
}

export interface KeyboardHelpProps {
  opened: boolean;
  onClose: () => void;
  groups: readonly ShortcutGroup[];
  singleKeys: boolean;
  onSingleKeysChange: (on: boolean) => void;
}

export function KeyboardHelp({ opened, onClose, groups, singleKeys, onSingleKeysChange }: KeyboardHelpProps) {
  const labels = useLabels();
  return (
    <Dialog opened={opened} onClose={onClose} title={labels.keyboard.title} size="lg">
      <div className="g-shortcuts">
        {groups.map((group) => (
          <section key={group.label}>
            <Heading level={3} look={4}>{group.label}</Heading>
            <dl>
              {group.shortcuts.map((shortcut) => (
                <div key={shortcut.label} className="g-shortcut">
                  <dt>{shortcut.label}</dt>
                  <dd>
                    {shortcut.keys.map((key, index) => (
                      <span key={key}>{index > 0 && <span className="g-tone-muted"> {labels.keyboard.then} </span>}<Keys>{key}</Keys></span>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Checkbox label={labels.keyboard.singleKeys} checked={singleKeys} onChange={onSingleKeysChange} />
    </Dialog>
  );
}
