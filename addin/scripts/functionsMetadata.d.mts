export function functionsMetadata(laws: readonly unknown[], others: readonly unknown[]): { functions: { id: string }[] };
