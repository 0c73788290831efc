/** Begins the line that the model worker under test writes for every question put to it, its purpose behind. */
export const ASKED = 'question-to-the-door'
