// Prints what happens to a job: node dist/test/follow.js URL JOB

import { Siseon } from "siseon-client";

const [baseUrl = "", job = ""] = process.argv.slice(2);
for await (const event of new Siseon({ baseUrl }).follow(job)) console.log(event.id, event.kind);
