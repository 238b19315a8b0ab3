// Who is measured, in the order of the table. A contestant says what it serves, its page with the form open and with
// the form closed, the first thing a visitor can use (`first`), and the way through its questions.
//
// Nobody's first field is drawn before the script that listens to it has run, except in the plain form, which
// therefore marks itself when it listens: a field counts as usable only then.
import empty from "./contestants/empty.mjs";
import firstContact from "./contestants/first_contact.mjs";
import formbricks from "./contestants/formbricks.mjs";
import formsmd from "./contestants/formsmd.mjs";
import plain from "./contestants/plain.mjs";
import surveyjs from "./contestants/surveyjs.mjs";
import typebot from "./contestants/typebot.mjs";
import typeform from "./contestants/typeform.mjs";

export const contestants = [empty, plain, firstContact, formbricks, formsmd, typebot, surveyjs, typeform];
