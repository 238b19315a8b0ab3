// People of a client's team who work by the API, as their desk does: signed in, from the same origin.

/** Signs a member in by a link of his; what he asks for goes with his session. */
export async function signedIn(url, link) {
  const response = await fetch(link, { redirect: "manual" });
  const cookie = response.headers.get("set-cookie").split(";")[0];
  const call = async (method, path, body) => {
    const headers = { cookie, origin: url, "content-type": "application/json" };
    const reply = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await reply.text();
    return { status: reply.status, body: text ? JSON.parse(text) : null };
  };
  return {
    cookie,
    get: (path) => call("GET", path),
    /** Does something to a lead. */
    command: (lead, command) => call("POST", `/api/leads/${lead}/commands`, command),
  };
}
