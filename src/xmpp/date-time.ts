// XEP-0082: XMPP Date and Time Profiles

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

const MINUTE = 60_000;

/** The moment that a DateTime of §3.2 stands for, in milliseconds since 1970 with their fractions; undefined where `text` is none. */
export function parseDateTime(text: string): number | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  const fraction = match[7] ?? "";
  const [zoneHour, zoneMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) return undefined;
  const date = new Date(0);
  // Date.UTC would take the years below 100 for those of the last century.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute, second);
  const east = (zoneHour * 60 + zoneMinute) * MINUTE;
  const milliseconds = Number(`${fraction.slice(0, 3).padEnd(3, "0")}.${fraction.slice(3) || "0"}`);
  return date.getTime() + milliseconds - (match[8] === "-" ? -east : east);
}

type Six = [number, number, number, number, number, number];

/** §3.2, in UTC with milliseconds. */
export function dateTime(moment: Date): string {
  return moment.toISOString();
}
