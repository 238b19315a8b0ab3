// An application in React's strict mode, which mounts everything, takes it away and mounts it again. One part renders
// the element, the other puts the tag in from an effect and takes it out when it is unmounted, as guides tell people to.
import { StrictMode, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";

const { site, form, tag } = document.querySelector("#root").dataset;

function Element() {
  return <first-contact site={site} form={form} lang="ru"></first-contact>;
}

function Tag() {
  const place = useRef(null);
  useEffect(() => {
    window.mounted = (window.mounted || 0) + 1;
    const script = document.createElement("script");
    script.async = true;
    script.src = tag;
    place.current.append(script);
    return () => script.remove();
  }, []);
  return <div ref={place} id="by-tag"></div>;
}

function App() {
  const [shown, setShown] = useState(true);
  const [taps, setTaps] = useState(0);
  const way = new URLSearchParams(location.search).get("way");
  return (
    <main>
      <h1>Приложение</h1>
      <button id="render" onClick={() => setTaps(taps + 1)}>
        Нарисовано {taps}
      </button>
      <button id="toggle" onClick={() => setShown(!shown)}>
        Показать или убрать
      </button>
      {shown && (way === "tag" ? <Tag /> : <Element />)}
      <p id="after">Под формой страница продолжается.</p>
    </main>
  );
}

createRoot(document.querySelector("#root")).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
