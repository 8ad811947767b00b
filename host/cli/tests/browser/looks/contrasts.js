// Every text that is shown, with its contrast against what is behind it, on a page whose own background is this colour.
const [page] = arguments;
const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

// Red, green and blue up to 255, and alpha up to 1.
const channels = (colour) => {
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha / 255];
};

const over = ([red, green, blue, alpha], below) =>
  [red, green, blue].map((channel, at) => channel * alpha + below[at] * (1 - alpha));

const lineage = (element) => (element ? [...lineage(element.parentElement), getComputedStyle(element)] : []);

// WCAG 2.2, relative luminance.
const luminance = (colour) => {
  const [red, green, blue] = colour.map((channel) =>
    channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (element) => {
  const styles = lineage(element);
  const behind = styles.reduce((below, style) => over(channels(style.backgroundColor), below), page);
  const opacity = styles.reduce((product, style) => product * style.opacity, 1);
  const [red, green, blue, alpha] = channels(getComputedStyle(element).color);
  const [darker, lighter] = [over([red, green, blue, alpha * opacity], behind), behind]
    .map(luminance)
    .sort((one, other) => one - other);
  return (lighter + 0.05) / (darker + 0.05);
};

const texts = [];
const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (nodes.nextNode()) {
  const element = nodes.currentNode.parentElement;
  const text = nodes.currentNode.data.trim();
  if (text && element.getClientRects().length) texts.push({ text, ratio: contrast(element) });
}
for (const field of document.querySelectorAll("input:not([type=hidden])")) {
  texts.push({ text: field.name, ratio: contrast(field) });
}
return texts;
