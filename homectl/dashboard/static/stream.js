/** The home as it comes: whole at first, then what changed, with ages that grow meanwhile. */

const SILENCE_MS = 15_000;
const AGAIN_MS = 1000;

/**
 * Call `onHome(home)` for every news, `onStale(why)` when the home is no longer heard, with "" once it is again, and
 * `onStranger()` when nobody is signed in any more; then nothing follows. Gives a function that ends it all.
 */
export function homeStream(onHome, onStale, onStranger = () => {}) {
  let source = null;
  let home = null;
  let heard = performance.now();
  let again = 0;

  function take(event, next) {
    heard = performance.now();
    onStale("");
    home = next(JSON.parse(event.data));
    onHome(home);
  }

  function listen() {
    source?.close();
    clearTimeout(again);
    heard = performance.now();
    source = new EventSource("/api/events");
    source.addEventListener("message", (event) => take(event, (whole) => whole));
    source.addEventListener("change", (event) => take(event, (change) => changed(home, change)));
    source.addEventListener("error", lost);
  }

  function lost() {
    onStale("The connection to homectl is lost.");
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(again);
    again = setTimeout(refused, AGAIN_MS);
  }

  /** The browser does not try again where it was answered with a refusal: find out which. */
  async function refused() {
    const answer = await fetch("/api/session").catch(() => null);
    if (answer?.status === 401) {
      end();
      onStranger();
    } else {
      listen();
    }
  }

  function watch() {
    if (performance.now() - heard < SILENCE_MS) return;
    onStale(`Nothing heard from homectl for ${SILENCE_MS / 1000} seconds.`);
    listen();
  }

  const watching = setInterval(watch, 1000);

  function end() {
    source?.close();
    clearTimeout(again);
    clearInterval(watching);
  }

  listen();
  return end;
}

/** The home after a change: what the change does not name is as it was, and older. */
export function changed(home, { devices = {}, health = {}, ...others }) {
  const passed = others.at - home.at;
  const areas = home.areas.map((area) => ({
    ...area,
    devices: area.devices.map((device) => changedDevice(device, devices[device.id] ?? {}, passed)),
  }));
  return { ...home, ...others, areas, health: { ...home.health, ...health } };
}

function changedDevice(device, { values = [], targets = [], ...others }, passed) {
  return {
    ...device,
    ...others,
    values: device.values.map(
      (value) => values.find((one) => one.quantity === value.quantity) ?? { ...value, age: value.age + passed },
    ),
    targets: device.targets.map((target) => targets.find((one) => one.target === target.target) ?? older(target, passed)),
  };
}

function older(target, passed) {
  if (target.hold === null) return target;
  const left = (seconds) => (seconds === null ? null : Math.max(0, seconds - passed));
  return { ...target, hold_left: left(target.hold_left), hold: { ...target.hold, left: left(target.hold.left) } };
}
