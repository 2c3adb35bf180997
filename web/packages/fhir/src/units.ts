//! Units as people write them. Two results share an axis only where these agree.
import type { Quantity } from './datatypes';
import { decimalText } from './decimals';
import type { ClinicalWords } from './words';

const written: Record<string, string> = {
  'mm[Hg]': 'mmHg', 'mm Hg': 'mmHg', 'cm[H2O]': 'cmH₂O', Cel: '°C', degC: '°C', '[degF]': '°F', 'kg/m2': 'kg/m²', 'mL/min/{1.73_m2}': 'mL/min/1.73 m²',
  'mL/min/1.73m2': 'mL/min/1.73 m²', 'mL/min/1.73.m2': 'mL/min/1.73 m²', '[lb_av]': 'lb', '[in_i]': 'in', '[in_us]': 'in', '[ft_i]': 'ft', 'm2': 'm²',
  '10*9/L': '×10⁹/L', '10^9/L': '×10⁹/L', '10*12/L': '×10¹²/L', '10^12/L': '×10¹²/L', '10*3/uL': '×10³/µL', '10^3/uL': '×10³/µL',
  '10*6/uL': '×10⁶/µL', '10^6/uL': '×10⁶/µL', '/min': 'per min', '{beats}/min': 'beats per min', '{breaths}/min': 'breaths per min',
  'ug/L': 'µg/L', 'ug/dL': 'µg/dL', 'ug/mL': 'µg/mL', 'umol/L': 'µmol/L', uL: 'µL', 'u[IU]/mL': 'µIU/mL', 'm[IU]/L': 'mIU/L', '[IU]/L': 'IU/L', '[IU]/mL': 'IU/mL',
  '[pH]': '', '{score}': '', '{#}': '', '{nominal}': '', 1: '', '{INR}': '', '{ratio}': '',
};

/** Annotations in braces say what is counted (`{wheezes}`), so they are kept as words after the unit. */
export function unitText(quantity: Pick<Quantity, 'unit' | 'code'> | undefined): string | undefined {
  const raw = (quantity?.unit ?? quantity?.code)?.trim();
  if (!raw) return undefined;
  const known = written[raw] ?? (quantity?.code === undefined ? undefined : raw === quantity.code ? written[quantity.code] : undefined);
  const text = known ?? raw.replace(/[{}]/g, '').replace(/_/g, ' ');
  return text || undefined;
}

/** The unit two quantities must share before they are compared. */
export function unitKey(quantity: Pick<Quantity, 'unit' | 'code'> | undefined): string {
  const code = quantity?.code?.trim();
  return (code && (written[code] ?? code)) || unitText(quantity) || '';
}

const doseUnits: Record<string, string> = {
  mg: 'mg', milligram: 'mg', milligrams: 'mg', g: 'g', gram: 'g', grams: 'g', gm: 'g', kg: 'kg', ml: 'mL', milliliter: 'mL', millilitre: 'mL', l: 'L',
  mmol: 'mmol', meq: 'mEq', '%': '%', cm: 'cm', mm: 'mm', h: 'hour', hr: 'hour', min: 'minute', d: 'day', s: 'second', wk: 'week', mo: 'month', a: 'year',
};

/** Units that are misread when shortened are always spelled out: micrograms, nanograms, units. */
function spelledUnit(unit: string, words: ClinicalWords): string | undefined {
  const folded = unit.toLowerCase();
  if (['ug', 'mcg', 'µg', 'μg', 'microgram', 'micrograms'].includes(folded)) return words.micrograms;
  if (['ng', 'nanogram', 'nanograms'].includes(folded)) return words.nanograms;
  if (['u', 'iu', '[iu]', 'unit', 'units', '[usp\'u]', '{unit}', '[unt]', 'unt', 'international unit', 'international units'].includes(folded)) return words.units;
  return undefined;
}

/** `mg/mL` becomes `mg per mL`: a stroke is read as a one. */
export function doseUnitText(quantity: Pick<Quantity, 'unit' | 'code'> | undefined, words: ClinicalWords): string | undefined {
  const raw = (quantity?.unit ?? quantity?.code)?.trim();
  if (!raw || raw === '1') return undefined;
  const parts = raw.split('/').map((part) => {
    const plain = part.trim();
    return spelledUnit(plain, words) ?? doseUnits[plain.toLowerCase()] ?? plain.replace(/[{}]/g, '').replace(/_/g, ' ');
  });
  return parts.filter(Boolean).join(` ${words.per} `) || undefined;
}

export function quantityText(quantity: Quantity | undefined): string | undefined {
  const value = decimalText(quantity?.value);
  if (value === undefined) return undefined;
  return [`${comparatorText(quantity?.comparator)}${value}`, unitText(quantity)].filter(Boolean).join(' ');
}

export function comparatorText(comparator: string | undefined): string {
  return { '<': '<', '<=': '≤', '>=': '≥', '>': '>' }[comparator ?? ''] ?? '';
}
