//! Finding and registering patients, for every portal in which it is done. Bundled into each: it is not shared at run time.
export { RecordLoading, SealedRecord } from './registration/record-loading';
export { registrationPath } from './registration/place';
export { nameOf, PatientIdentity } from './search/patient-identity';
export { PatientPicker, type PatientPickerProps } from './search/patient-picker';
export { openInTab } from './registration/label-button';
