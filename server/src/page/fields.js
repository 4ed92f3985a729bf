// The fields of the form: what people enter becomes what the Deployment API takes.

import { heatMap, element } from "./answer.js";
import { read } from "./npy.js";

// The drawing has this many points along its longer side.
const DRAWING = 280;
// A stroke is this share of the drawing wide.
const STROKE = 0.15;

const blobOf = (canvas) => new Promise((done) => canvas.toBlob(done, "image/png"));

// A value typed or chosen; `changed` is called when it is another.
const simple = (field, changed) => {
  const value = field.querySelector("[data-value]");
  const range = field.querySelector("input[type=range]");
  range?.addEventListener("input", () => {
    value.value = Number(Number(range.value).toPrecision(4));
    changed();
  });
  value.addEventListener("input", () => {
    if (range) range.value = value.value;
    changed();
  });
  return async () => value.value;
};

// A drawing, a file, or a frame of the camera; the last of them counts.
const image = (field, changed) => {
  const { height, width } = field.dataset;
  const well = field.querySelector(".well");
  const canvas = field.querySelector("canvas");
  const chosen = field.querySelector(".chosen");
  const camera = field.querySelector(".camera");
  const file = field.querySelector("input[type=file]");
  const hint = field.querySelector(".hint");
  const context = canvas.getContext("2d");
  const ratio = Number(width) && Number(height) ? width / height : 1;
  canvas.width = Math.round(ratio < 1 ? DRAWING * ratio : DRAWING);
  canvas.height = Math.round(ratio < 1 ? DRAWING : DRAWING / ratio);
  let light = true;
  let drawn = false;
  let given = null;
  let last = null;

  const show = (part) => [canvas, chosen, camera].forEach((other) => { other.hidden = other !== part; });
  const stopCamera = () => {
    camera.srcObject?.getTracks().forEach((track) => track.stop());
    camera.srcObject = null;
  };
  const clear = () => {
    stopCamera();
    [given, drawn, last] = [null, false, null];
    file.value = "";
    hint.hidden = false;
    context.fillStyle = light ? "black" : "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    show(canvas);
  };
  const take = (blob) => {
    if (!blob?.type.startsWith("image/")) return;
    stopCamera();
    given = blob;
    hint.hidden = true;
    chosen.src = URL.createObjectURL(blob);
    chosen.onload = () => URL.revokeObjectURL(chosen.src);
    show(chosen);
    changed();
  };

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  };
  const stroke = (event) => {
    const next = place(event);
    const from = last ?? next;
    context.strokeStyle = light ? "white" : "black";
    context.lineWidth = STROKE * Math.max(canvas.width, canvas.height);
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...next);
    context.stroke();
    [last, drawn] = [next, true];
    hint.hidden = true;
    changed();
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    stroke(event);
  });
  canvas.addEventListener("pointermove", (event) => last && stroke(event));
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { last = null; });

  const startCamera = async () => {
    camera.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
    await camera.play();
    hint.hidden = true;
    show(camera);
  };
  const takeFrame = async () => {
    const frame = element("canvas", { width: camera.videoWidth, height: camera.videoHeight });
    frame.getContext("2d").drawImage(camera, 0, 0);
    take(await blobOf(frame));
  };

  well.addEventListener("dragover", (event) => event.preventDefault());
  well.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  document.addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
    // Of several images the focused one takes what is pasted.
    const isOnly = document.querySelectorAll(".field.image").length === 1;
    if (pasted && (isOnly || field.contains(document.activeElement))) {
      event.preventDefault();
      take(pasted);
    }
  });
  file.addEventListener("change", () => take(file.files[0]));
  const acts = {
    clear,
    invert: (button) => {
      light = !light;
      button.textContent = light ? "Dark on light" : "Light on dark";
      clear();
    },
    camera: () => (camera.srcObject ? takeFrame() : startCamera()),
  };
  for (const button of field.querySelectorAll("[data-do]")) {
    button.addEventListener("click", async () => {
      try {
        await acts[button.dataset.do](button);
      } catch (error) {
        hint.hidden = false;
        hint.textContent = `There is no camera: ${error.message}`;
      }
    });
  }
  clear();

  return async () => {
    if (given) return given;
    if (!drawn) throw new Error(`${field.dataset.feature}: draw, drop, paste or choose an image first`);
    return blobOf(canvas);
  };
};

// An array as a .npy file or as JSON, with a heat map of it.
const array = (field, changed) => {
  const text = field.querySelector("[data-value]");
  const file = field.querySelector("input[type=file]");
  const preview = field.querySelector(".preview");
  const show = (value) => preview.replaceChildren(heatMap(value.shape, value.data));
  const showText = () => {
    try {
      show(JSON.parse(text.value));
    } catch {
      preview.replaceChildren();
    }
  };
  text?.addEventListener("input", () => {
    file.value = "";
    showText();
    changed();
  });
  file.addEventListener("change", async () => {
    try {
      const value = read(await file.files[0].arrayBuffer());
      show(value);
    } catch (error) {
      preview.replaceChildren(error.message);
    }
    changed();
  });
  if (text) showText();
  return async () => {
    if (file.files[0]) return file.files[0];
    if (text) return text.value;
    throw new Error(`${field.dataset.feature}: choose a .npy file first`);
  };
};

const kinds = { number: simple, text: simple, category: simple, image, array };

// All fields as a function that gives the form's data, a value for each feature.
export const fields = (form, changed) => {
  const all = [...form.querySelectorAll("[data-feature]")].map((field) =>
    [field.dataset.feature, kinds[field.dataset.kind](field, changed)]);
  return async () => {
    const data = new FormData();
    for (const [name, value] of all) data.append(name, await value());
    return data;
  };
};
