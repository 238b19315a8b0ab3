// The client's page, the same for everybody: some words, the form's place, some more words.

const words = [
  "We repair flats and small offices. A foreman measures the rooms, and the estimate is ready on the next day.",
  "The price in the contract is the price in the end. What we find behind the walls is our risk and not yours.",
  "Two years of warranty on everything that we have touched, with a foreman who answers his own telephone.",
];
const style = "body{margin:0 auto;max-width:640px;padding:16px;font:16px/1.5 system-ui,sans-serif}";
const paragraphs = (count) => Array.from({ length: count }, (_, at) => `<p>${words[at % words.length]}</p>`).join("\n");

/** `head` goes into the head, `form` stands where the form belongs, `end` right before the end of the body. */
export const page = ({ head = "", form = "", end = "" } = {}) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Repair of flats</title>
<link rel="icon" href="data:,">
<style>${style}</style>
${head}
</head>
<body>
<h1>Repair of flats</h1>
<p>${words[0]}</p>
${form}
${paragraphs(12)}
${end}
</body>
</html>
`;
