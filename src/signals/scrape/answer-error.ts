/** What an answer said or was that makes it none. The message completes a sentence that starts with the host. */
export class AnswerError extends Error {}
