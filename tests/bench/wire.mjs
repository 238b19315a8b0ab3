// What one page's visit costs on the wire: every request of the page and its frames, as the browser's network layer
// counts it, headers and bodies as they were sent, compressed.
export const listenToWire = async (cdp, page) => {
  const requests = new Map();
  const workers = [];
  let lastArrival = Date.now();
  let zero = 0; // Seconds between the clock of these events and that of the calendar.
  page.on("worker", (worker) => workers.push(worker.url()));

  cdp.on("Network.requestWillBeSent", ({ requestId, request, timestamp, wallTime }) => {
    if (/^(data|blob):/.test(request.url)) return;
    zero = wallTime - timestamp;
    requests.set(requestId, { url: request.url, arrivals: [], total: null });
  });
  const arrived = (requestId, timestamp, bytes) => {
    lastArrival = Date.now();
    requests.get(requestId)?.arrivals.push([timestamp, bytes]);
  };
  cdp.on("Network.responseReceived", ({ requestId, timestamp, response }) => arrived(requestId, timestamp, response.encodedDataLength));
  cdp.on("Network.dataReceived", ({ requestId, timestamp, encodedDataLength }) => arrived(requestId, timestamp, encodedDataLength));
  cdp.on("Network.loadingFinished", ({ requestId, timestamp, encodedDataLength }) => {
    const request = requests.get(requestId);
    if (!request) return;
    // The sum at the end is right even where the pieces were not told.
    const told = request.arrivals.reduce((sum, [, bytes]) => sum + bytes, 0);
    arrived(requestId, timestamp, encodedDataLength - told);
  });
  cdp.on("Network.loadingFailed", ({ requestId, errorText }) => {
    if (requests.has(requestId)) requests.get(requestId).failed = errorText;
  });
  await cdp.send("Network.enable");

  /** Bytes that had arrived and requests that had begun to be answered, up to a moment of the calendar in ms. */
  const upTo = (moment = Infinity) => {
    const until = moment / 1e3 - zero;
    const sizes = [...requests.values()].map(({ url, arrivals }) => {
      const in_time = arrivals.filter(([at]) => at <= until);
      return { url, pieces: in_time.length, bytes: in_time.reduce((sum, [, bytes]) => sum + bytes, 0) };
    });
    const begun = sizes.filter(({ pieces }) => pieces);
    return { bytes: begun.reduce((sum, { bytes }) => sum + bytes, 0), requests: begun.length, files: begun.map(({ url, bytes }) => [url, bytes]) };
  };
  return {
    upTo,
    /** Requests without an answer so far, and when anything arrived last: an answer that nobody reads never ends. */
    unanswered: () => [...requests.values()].filter(({ arrivals, failed }) => !arrivals.length && !failed).map(({ url }) => url),
    lastArrival: () => lastArrival,
    failed: () => [...requests.values()].filter(({ failed }) => failed).map(({ url, failed }) => `${url}: ${failed}`),
    workers,
  };
};
