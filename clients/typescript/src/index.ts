// What users of the client see.

export {
  type Application,
  type Asking,
  type BatchLine,
  type Choices,
  type Conclusion,
  type Job,
  type JobEvent,
  type JobItem,
  type JobOrder,
  type Options,
  type Result,
  Siseon,
  type StreamEvent,
  type StreamResult,
} from "./client.js";
export { Failed, type FailureCode, NotTheService, type Problem, answered } from "./failure.js";
export type { components, operations, paths } from "./generated.js";
export type { Picture } from "./pictures.js";
