// The elements that reach over an edge of a window that is so wide; with a text that does, the page itself.
const [width] = arguments;
const reaches = (element) => {
  const box = element.getBoundingClientRect();
  return box.left < 0 || box.right > width;
};
const wide = [...document.body.querySelectorAll("*")].filter(reaches);
if (document.documentElement.scrollWidth > width) wide.push(document.documentElement);
return wide.map((element) => element.outerHTML.slice(0, 120));
