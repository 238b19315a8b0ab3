const noon = (time) => new Date(time).setHours(12, 0, 0, 0);

/**
 * "today by 12:15 PM", «в понедельник до 09:15», or a date when it is farther than a week.
 * `answerBy` is RFC 3339; undefined when it is absent or unreadable.
 */
export const answerTime = (answerBy, lang) => {
  const at = new Date(answerBy || NaN);
  const days = Math.round((noon(at) - noon(Date.now())) / 864e5);
  const russian = lang == "ru";
  const written = (options) => at.toLocaleString(lang, options);
  let day;
  if (isNaN(days)) return;
  if (days < 2) {
    day = new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(Math.max(days, 0), "day");
  } else {
    day = written(days < 7 ? { weekday: "long" } : { day: "numeric", month: "long" });
    if (!russian) day = "on " + day;
    else if (days < 7) day = (day[1] == "т" ? "во " : "в ") + day.replace(/а$/, "у");
  }
  return day + (russian ? " до\u00a0" : " by\u00a0") + written({ hour: russian ? "2-digit" : "numeric", minute: "2-digit" });
};
