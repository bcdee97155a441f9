// Draws words such as "Today" and "5 minutes ago" again as time passes, by the rules of web/time_filters.py.
const formatters = new Map();

redrawEachMinute();
// After a laptop's sleep, the timer is late.
document.addEventListener("live", redraw);
window.addEventListener("pageshow", redraw);
document.addEventListener("visibilitychange", redraw);

function redrawEachMinute() {
  redraw();
  setTimeout(redrawEachMinute, 60000 - Date.now() % 60000);
}

/** Draw all times on the page that depend on the current one. */
function redraw() {
  const { timeZone, hours } = document.body.dataset;
  for (const element of document.querySelectorAll("time[data-shows]")) {
    const words = describe(element.dataset.shows, new Date(element.dateTime), new Date(), timeZone, hours);
    if (element.textContent !== words) element.textContent = words;
  }
}

/** Return the words for a moment, seen now; `hours` is "12" or "24". */
export function describe(kind, when, now, timeZone, hours) {
  const then = read(when, timeZone);
  const today = read(now, timeZone);
  return { row: describeRow, day: describeDay, ago: describeAgo }[kind](then, today, hours);
}

function describeRow(then, today, hours) {
  const days = today.day - then.day;
  if (days <= 0) return describeClock(then, hours);
  if (days < 7) return then.weekday.slice(0, 3);
  const date = `${then.date} ${then.month.slice(0, 3)}`;
  return then.year === today.year ? date : `${date} ${then.year}`;
}

function describeDay(then, today) {
  const word = ["Today", "Yesterday"][today.day - then.day];
  const date = `${then.date} ${then.month}`;
  return word ?? (then.year === today.year ? `${then.weekday} ${date}` : `${date} ${then.year}`);
}

function describeAgo(then, today, hours) {
  const seconds = Math.max(0, Math.floor((today.time - then.time) / 1000));
  if (seconds < 60) return "just now";
  for (const [size, word, until] of [[60, "minute", 3600], [3600, "hour", 86400], [86400, "day", 604800]]) {
    const count = Math.floor(seconds / size);
    if (seconds < until) return `${count} ${word}${count === 1 ? "" : "s"} ago`;
  }
  return describeRow(then, today, hours);
}

function describeClock({ hour, minute }, hours) {
  if (hours !== "12") return `${hour}:${minute}`;
  return `${hour % 12 || 12}:${minute}\u00a0${hour < 12 ? "AM" : "PM"}`;
}

/** Return the parts of a moment in a time zone; `day` is a number that grows by one each day. */
function read(moment, timeZone) {
  if (!formatters.has(timeZone)) formatters.set(timeZone, new Intl.DateTimeFormat("en-US", { timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
  const parts = formatters.get(timeZone).formatToParts(moment);
  const { day: date, ...rest } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return { ...rest, date, time: moment.getTime(), day: Date.parse(`${date} ${rest.month} ${rest.year} UTC`) / 86400000 };
}
