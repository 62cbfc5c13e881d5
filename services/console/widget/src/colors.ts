// Colours made of the page's one, so that text on them and in them can be read.

type Rgb = [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** What WCAG asks of text. */
const READABLE = 4.5;
/** The panel's backgrounds in light and in dark, as in styles/frame.css; the more difficult of each. */
const LIGHT: Rgb = [240, 242, 246];
const DARK: Rgb = [38, 41, 50];

/** The custom properties of a colour such as #1554d1. */
export function colorsOf(color: string): Record<string, string> {
  const accent = parse(color);
  return {
    "--accent": hex(accent),
    // One of the two can be read on any colour.
    "--on-accent": hex(contrast(accent, WHITE) >= READABLE ? WHITE : BLACK),
    "--accent-text-light": hex(towards(accent, LIGHT, BLACK)),
    "--accent-text-dark": hex(towards(accent, DARK, WHITE)),
  };
}

/** The colour moved towards an end until it can be read on the background. */
function towards(color: Rgb, background: Rgb, end: Rgb): Rgb {
  for (let part = 0; part < 1; part += 0.05) {
    const mixed = color.map((value, index) => Math.round(value + ((end[index] ?? 0) - value) * part)) as Rgb;
    if (contrast(mixed, background) >= READABLE) return mixed;
  }
  return end;
}

/** The contrast of WCAG 2: 1 to 21. */
function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function parse(color: string): Rgb {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)) as Rgb;
}

function hex(color: Rgb): string {
  return `#${color.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
