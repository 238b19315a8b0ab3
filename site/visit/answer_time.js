const noon = (time) => new Date(time).setHours(12, 0, 0, 0);

/**
 * "today by 12:15 PM", «в понедельник до 09:15», or a date when it is farther than a week; in other languages the day
 * and the time as that language writes them. `answerBy` is RFC 3339; undefined when it is absent or unreadable.
 */
export const answerTime = (answerBy, lang, say) => {
  const at = new Date(answerBy || NaN);
  const days = Math.round((noon(at) - noon(Date.now())) / 864e5);
  const russian = lang == "ru";
  const written = (options) => at.toLocaleString(lang, options);
  const far = days >= 7;
  let day;
  if (isNaN(days)) return;
  if (days < 2) {
    day = new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(Math.max(days, 0), "day");
  } else {
    day = written(far ? { day: "numeric", month: "long" } : { weekday: "long" });
    if (russian && !far) day = (day[1] == "т" ? "во " : "в ") + day.replace(/а$/, "у");
    else day = say("on") + day;
  }
  return day + say("by") + written({ hour: russian ? "2-digit" : "numeric", minute: "2-digit" });
};
