// Figures out of many runs. Nothing is dropped.

/** The value below which this share of the sorted values lies, between two of them where need be. */
export const between = (sorted, share) => {
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place % 1);
};

/** `{ min, median, max, middle }`; `middle` is the distance between the quartiles: what the runs differ by anyway. */
export const spread = (values) => {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share) => between(sorted, share);
  return { min: at(0), median: at(0.5), max: at(1), middle: at(0.75) - at(0.25) };
};

export const median = (values) => spread(values).median;
