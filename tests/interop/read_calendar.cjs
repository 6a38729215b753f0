// Reads a calendar from standard input with ical.js and prints what it understood, as JSON.
// usage: node read_calendar.cjs ical.es5.cjs
const ICAL = require(require("path").resolve(process.argv[2]));

const calendar = new ICAL.Component(ICAL.parse(require("fs").readFileSync(0, "utf-8")));
const told = (time) => (time.isDate ? time.toString() : new Date(time.toUnixTime() * 1000).toISOString());
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    summary: event.summary,
    description: event.description,
    start: told(event.startDate),
    end: told(event.endDate),
    whole_day: event.startDate.isDate,
  };
});
console.log(JSON.stringify({ name: calendar.getFirstPropertyValue("name"), events }));
