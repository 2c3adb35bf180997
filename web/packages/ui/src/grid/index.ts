//! The grid, apart from the kit's main entry because only screens with long lists need it.
export { DataGrid, type DataGridProps, type GridColumn, type GridSort } from './data-grid';
