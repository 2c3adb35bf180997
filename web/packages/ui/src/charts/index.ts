//! Charts, apart from the kit's main entry; what draws them is fetched when the first one shows.
export { GrowthChart, type GrowthChartProps } from './growth-chart';
export { growthMeasureOf, type GrowthMeasure } from './growth-measures';
export { Trend, type TrendProps } from './trend';
