// Figures out of many runs.

export const median = (values) => {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** `{ min, median, max }`; nothing is dropped. */
export const spread = (values) => ({ min: Math.min(...values), median: median(values), max: Math.max(...values) });
