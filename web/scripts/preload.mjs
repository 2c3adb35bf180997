export async function preloads(){ return {}; }
