// The dialogs that a lost or changed session brings up, together: a page fetches them when the first is needed.
import { ExpiredDialog } from './expired-dialog';
import { TakenOverDialog } from './taken-over-dialog';

export default function SessionDialogs() {
  return (
    <>
      <ExpiredDialog />
      <TakenOverDialog />
    </>
  );
}
