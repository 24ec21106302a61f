// A page that is made to be printed opens the printer's window once, where scripts run.
addEventListener("load", () => window.print(), { once: true });
