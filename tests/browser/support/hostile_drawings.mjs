// SPDX-License-Identifier: Apache-2.0
// Drawings that try to run the script `ran` or to load the URL `elsewhere`. Browsers accept all of
// them.

const open = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
  + 'viewBox="0 0 100 100" width="100" height="100"';
const shape = '<rect width="100" height="100" fill="teal"/>';

/// A path that some of them request from their own site.
export const sameSite = '/api/openapi.json';

export function hostileDrawings(ran, elsewhere) {
  const attribute = ran.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const within = (content) => `${open}>${shape}${content}</svg>`;
  const html = (content) =>
    within(`<foreignObject width="100" height="100"><div xmlns="http://www.w3.org/1999/xhtml">${
      content}</div></foreignObject>`);
  const link = (attributes, content = '') =>
    within(`<a ${attributes}><rect width="100" height="100"/>${content}</a>`);
  const encoded = Buffer.from(within(`<script>${ran}</script>`)).toString('base64');
  return {
    // Scripts of the drawing itself.
    script: within(`<script>${ran}</script>`),
    'script in CDATA': within(`<script><![CDATA[${ran}]]></script>`),
    'script with a type': within(`<script type="text/ecmascript">${ran}</script>`),
    'module script': within(`<script type="module">${ran}</script>`),
    'script from elsewhere': within(`<script href="${elsewhere}"/>`),
    'script from elsewhere by XLink': within(`<script xlink:href="${elsewhere}"/>`),
    'script in a data address': within(`<script href="data:text/javascript,${encodeURIComponent(ran)}"/>`),
    'script of XHTML': within(`<h:script xmlns:h="http://www.w3.org/1999/xhtml">${ran}</h:script>`),
    'script before the root': `<?xml version="1.0"?><!-- a licence -->\n${within(`<script>${ran}</script>`)}`,
    // Event handlers.
    'onload of the root': `${open} onload="${attribute}">${shape}</svg>`,
    'onload of an element': within(`<g onload="${attribute}">${shape}</g>`),
    'onerror of an image': within(`<image href="data:image/png,x" onerror="${attribute}"/>`),
    onclick: within(`<rect width="100" height="100" onclick="${attribute}"/>`),
    onmouseover: within(`<rect width="100" height="100" onmouseover="${attribute}"/>`),
    'onfocus with autofocus': within(`<rect width="9" height="9" tabindex="0" autofocus="" onfocus="${attribute}"/>`),
    'onbegin of an animation': within(`<animate attributeName="x" dur="1s" onbegin="${attribute}"/>`),
    'a handler that an animation sets': within(
      `<rect width="100" height="100"><set attributeName="onmouseover" to="${attribute}"/></rect>`),
    // Links.
    'javascript link': link(`href="javascript:${attribute}"`),
    'javascript link by XLink': link(`xlink:href="javascript:${attribute}"`),
    'a link that an animation sets': link('href="#"',
      `<animate attributeName="href" values="javascript:${attribute}" fill="freeze"/>`),
    'link into the top window': link(`href="javascript:${attribute}" target="_top"`),
    // Embedded HTML.
    'HTML onerror': html(`<img src="data:image/png,x" onerror="${attribute}"/>`),
    'HTML frame of script': html(`<iframe src="javascript:${attribute}"/>`),
    'HTML frame of a document': html(`<iframe srcdoc="&lt;script&gt;${attribute}&lt;/script&gt;"/>`),
    'HTML frame of a data address': html(`<iframe src="data:image/svg+xml;base64,${encoded}"/>`),
    'HTML refresh': html(`<meta http-equiv="refresh" content="0;url=${elsewhere}"/>`),
    'HTML form that sends itself': html(
      `<form action="${elsewhere}"><input autofocus="" onfocus="this.form.submit()"/></form>`),
    'HTML object': html(`<object data="${elsewhere}"/>`),
    'HTML embed': html(`<embed src="${elsewhere}"/>`),
    'HTML video': html(`<video autoplay="" src="${elsewhere}"/>`),
    'HTML link': html(`<link rel="stylesheet" href="${elsewhere}"/><link rel="prefetch" href="${elsewhere}"/>`),
    'HTML base': html(`<base href="${elsewhere}"/><img src="x.png" alt=""/>`),
    // From the drawing's own site, with the viewer's cookies.
    'image from the same site': within(`<image href="${sameSite}" width="100" height="100"/>`),
    'use from the same site': within(`<use href="${sameSite}#x"/>`),
    'style sheet from the same site': within(`<style>@import url(${sameSite});</style>`),
    'HTML frame from the same site': html(`<iframe src="${sameSite}"/>`),
    // Loads without a script.
    'image from elsewhere': within(`<image href="${elsewhere}" width="100" height="100"/>`),
    'feImage from elsewhere': within(
      `<filter id="f"><feImage href="${elsewhere}"/></filter><rect width="9" height="9" filter="url(#f)"/>`),
    'use from elsewhere': within(`<use href="${elsewhere}#a"/>`),
    'filter from elsewhere': within(`<rect width="9" height="9" filter="url(${elsewhere}#f)"/>`),
    'mask from elsewhere': within(`<rect width="9" height="9" mask="url(${elsewhere})"/>`),
    'style sheet from elsewhere': within(`<style>@import url(${elsewhere});</style>`),
    'font from elsewhere': within(
      `<style>@font-face{font-family:f;src:url(${elsewhere})} text{font-family:f}</style><text y="50">f</text>`),
    'background from elsewhere': `${open} style="background:url(${elsewhere})">${shape}</svg>`,
    'cursor from elsewhere': `${open} style="cursor:url(${elsewhere}),auto">${shape}</svg>`,
    'style sheet by an instruction': `<?xml-stylesheet href="${elsewhere}"?>${within('')}`,
    'XSLT by an instruction': `<?xml-stylesheet type="text/xsl" href="${elsewhere}"?>${within('')}`,
    'XInclude': within(`<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="${elsewhere}"/>`),
    // Documents that must be rejected.
    'entity of its own': `<!DOCTYPE svg [<!ENTITY e "${attribute}">]>${within('<script>&e;</script>')}`,
    'external entity': `<!DOCTYPE svg [<!ENTITY e SYSTEM "${elsewhere}">]>${within('<text>&e;</text>')}`,
    'document type from elsewhere': `<!DOCTYPE svg SYSTEM "${elsewhere}">${within('')}`,
    'HTML that says it is a drawing': `<html><body><script>${ran}</script>${within('')}</body></html>`,
  };
}
