const { stringify } = JSON;

/**
 * JSON that pages with a `toJSON` on their prototypes, or with further members there, do not reach into:
 * only texts, numbers and the like go through the browser's own.
 */
export const json = (value) => {
  if (Array.isArray(value)) return `[${value.map(json).join()}]`;
  if (!value || typeof value != "object") return stringify(value ?? null);
  const members = Object.keys(value).filter((name) => value[name] !== undefined);
  return `{${members.map((name) => stringify(name) + ":" + json(value[name])).join()}}`;
};
