// Looks at a page as it stands and returns what ux would not have. Everything is measured, nothing is asked of the style sheet.
const look = (() => {
  const shown = e => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !e.closest('.vh, .skip');
  const named = e => {
    const own = e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (typeof e.className === 'string' && e.className ? '.' + e.className.trim().replace(/\s+/g, '.') : '');
    return own + ' "' + (e.textContent || e.value || '').trim().replace(/\s+/g, ' ').slice(0, 40) + '"';
  };
  const colour = s => s.match(/[\d.]+/g).map(Number);
  const clear = c => c.length > 3 && c[3] === 0;
  const luminance = c => {
    const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const paper = e => {
    for (; e; e = e.parentElement) {
      const c = colour(getComputedStyle(e).backgroundColor);
      if (!clear(c)) return c;
    }
    return [255, 255, 255];
  };

  const wide = () => {
    const most = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= most) return [];
    const out = [...document.querySelectorAll('body *')].filter(e => shown(e) && e.getBoundingClientRect().right > most + 0.5);
    return out.filter(e => !out.some(o => o !== e && e.contains(o))).slice(0, 3).map(e => `wider than ${most}: ${named(e)}`)
      .concat(out.length ? [] : [`wider than ${most}: ${document.documentElement.scrollWidth}`]);
  };

  const inText = e => {
    if (getComputedStyle(e).display !== 'inline') return false;
    let block = e.parentElement;
    while (block && getComputedStyle(block).display === 'inline') block = block.parentElement;
    return block && block.textContent.trim().length > e.textContent.trim().length + 3;
  };
  const small = () => {
    const faults = [];
    for (const e of document.querySelectorAll('a[href], summary, button, input:not([type=hidden]), select, textarea')) {
      if (!shown(e)) continue;
      const choice = e.matches('[type=checkbox], [type=radio]');
      const big = e.matches('.btn, button, input, select, textarea') && !choice;
      const box = (choice && e.closest('label') || e).getBoundingClientRect();
      const least = big ? 44 : 24;
      if (box.height < least - 0.5 && !(e.matches('a') && inText(e))) faults.push(`${Math.round(box.height)} px high, not ${least}: ${named(e)}`);
      if (box.width < 24 - 0.5 && !(e.matches('a') && inText(e))) faults.push(`${Math.round(box.width)} px wide, not 24: ${named(e)}`);
    }
    return faults;
  };

  const pale = () => {
    const faults = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const seen = new Set();
    for (let n = walk.nextNode(); n; n = walk.nextNode()) {
      const e = n.parentElement;
      if (!n.textContent.trim() || seen.has(e) || !shown(e) || e.closest('svg')) continue;
      seen.add(e);
      const least = e.closest('details.quote, details.forwarded, blockquote, mark') ? 4.5 : 7;
      const c = contrast(colour(getComputedStyle(e).color), paper(e));
      if (c < least) faults.push(`contrast ${c.toFixed(1)}, not ${least}: ${named(e)}`);
    }
    for (const e of document.querySelectorAll('.btn, input[type=text], input[type=search], input[type=email], select, textarea')) {
      if (!shown(e)) continue;
      const c = contrast(colour(getComputedStyle(e).borderTopColor), paper(e.parentElement));
      if (c < 3) faults.push(`border ${c.toFixed(1)}, not 3: ${named(e)}`);
    }
    const style = getComputedStyle(document.documentElement);
    const hex = v => v.match(/^#(...)$/) ? [...v.slice(1)].map(d => parseInt(d + d, 16)) : v.match(/\w\w/g).map(d => parseInt(d, 16));
    for (const on of ['--bg', '--surface']) {
      if (!style.getPropertyValue('--visited')) break;
      const c = contrast(hex(style.getPropertyValue('--visited').trim()), hex(style.getPropertyValue(on).trim()));
      if (c < 7) faults.push(`contrast ${c.toFixed(1)}, not 7: visited links`);
    }
    return faults;
  };

  const shape = () => {
    const faults = [];
    if (document.querySelectorAll('h1').length !== 1) faults.push(`${document.querySelectorAll('h1').length} of h1`);
    if (document.querySelector('[style], style, script')) faults.push('a style or a script in the page');
    const skip = document.querySelector('a.skip');
    if (!skip || !document.querySelector(skip.getAttribute('href'))) faults.push('no link that skips to the text');
    for (const e of document.querySelectorAll('[aria-describedby], [aria-labelledby], label[for]')) {
      for (const id of (e.getAttribute('aria-describedby') || e.getAttribute('aria-labelledby') || e.getAttribute('for')).split(/\s+/))
        if (!document.getElementById(id)) faults.push(`names what is not there: ${named(e)}`);
    }
    for (const e of document.querySelectorAll('a[href^="#"]'))
      if (e.getAttribute('href') !== '#' && !document.getElementById(e.getAttribute('href').slice(1))) faults.push(`leads nowhere: ${named(e)}`);
    return faults;
  };

  const spaced = new CSSStyleSheet();
  spaced.replaceSync('*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}');
  const spacing = on => { document.adoptedStyleSheets = on ? [spaced] : []; };
  const settings = s => {
    for (const name of ['size', 'spacing', 'paper', 'theme', 'font']) {
      if (s[name]) document.documentElement.dataset[name] = s[name];
      else delete document.documentElement.dataset[name];
    }
  };
  const unfold = on => document.querySelectorAll('details').forEach(d => { d.open = on; });

  const hurdles = async () => {
    const found = await axe.run(document, {
      resultTypes: ['violations'],
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return found.violations.flatMap(v => v.nodes.slice(0, 3).map(n => `axe ${v.id}: ${n.html.slice(0, 120)} (${(n.failureSummary || '').split('\n').slice(1, 2).join(' ').trim()})`));
  };
  return { wide, small, pale, shape, spacing, settings, unfold, hurdles };
})();
