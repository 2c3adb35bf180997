//! Charts, apart from the kit's main entry; what draws them is fetched when the first one shows.
export { GrowthChart, type GrowthChartProps } from './growth-chart';
export { centileOf, growthAgeMonths, growthMeasureOf, measuredGrowth, type GrowthPoint } from './growth';
export type { GrowthMeasure } from './growth-reference';
export { Trend, type TrendProps } from './trend';
