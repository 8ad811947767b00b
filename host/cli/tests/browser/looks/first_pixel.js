// The colour of the first pixel of a PNG. No image element: the page's policy allows none.
const bytes = Uint8Array.from(atob(arguments[0]), (character) => character.charCodeAt(0));
return createImageBitmap(new Blob([bytes], { type: "image/png" })).then((image) => {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.drawImage(image, 0, 0);
  return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
});
