// What the runtime costs when nothing is done: the body is read, and that is all.
export default {
  async fetch(request) {
    await request.text();
    return Response.json({ ok: true }, { status: 201 });
  },
};
