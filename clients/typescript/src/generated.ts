// Made by `npm run generate` from the OpenAPI document of the service. Not to be changed by hand.

export interface paths {
    "/api/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep a stream, in the words of the earlier service; all else of /api/streams is /v1/streams */
        post: operations["earlier_add_stream"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/detect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Detect and classify the objects of one uploaded JPEG, PNG or WebP picture */
        post: operations["detect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/detect_batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Detect and classify the objects of pictures at public URLs, answered in order */
        post: operations["detect_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/get-image/{file_id}/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the newest run has made of a picture, or of all together
         * @description `Inference/NAME.jpg`, `Mask/NAME.png` and `Georeference/Tif/NAME.tif` of a picture `NAME`; of all together the files that end the archive of results, `flight.shp.zip` for example.
         */
        get: operations["earlier_get_image"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether pictures are taken */
        get: operations["earlier_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process answers; touches no model */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures for Prometheus */
        get: operations["show_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The models that are loaded */
        get: operations["earlier_list_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One model: its state, where it runs, and its figures */
        get: operations["earlier_get_model"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{name}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How fast a model or a pipeline has been */
        get: operations["earlier_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/predict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read the instruments of one picture */
        post: operations["earlier_predict"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/predict/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read the instruments of many pictures, answered in order */
        post: operations["earlier_predict_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/predict/json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read the instruments of one picture that comes in JSON */
        post: operations["earlier_predict_json"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether models are loaded and warm, and new work is taken
         * @description A service of jobs alone asks the database of jobs; one with pipelines works without it.
         */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/run-script/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the newest run over a folder is */
        get: operations["earlier_get_run"];
        put?: never;
        /** Run the four steps over the pictures of a folder */
        post: operations["earlier_run_script"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alarms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alarms as they stand, by id */
        get: operations["list_alarms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alarms/{alarm}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that somebody has seen it; one that is acknowledged already stays so */
        post: operations["acknowledge_alarm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alarms/{alarm}/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take off the latch of one whose values are back */
        post: operations["reset_alarm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alarms/{alarm}/shelve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hear nothing of it for a time; what happens meanwhile is in the log */
        post: operations["shelve_alarm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alarms/{alarm}/unshelve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hear of it again */
        post: operations["unshelve_alarm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alarms/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened to alarms: a page of the log, or as it happens
         * @description `after` goes on behind that event; without it the newest are told. With `Accept: text/event-stream` they come as server-sent events, those behind `Last-Event-ID` first.
         */
        get: operations["list_alarm_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/artifacts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A picture or another file that a job has made, or that came with one */
        get: operations["get_artifact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/failures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every failure code, its status, and whether to try again */
        get: operations["failures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs, the newest first */
        get: operations["list_jobs"];
        put?: never;
        /**
         * Accept a job: pictures for a worker, many and long work, which survives a restart
         * @description With a header `Idempotency-Key` the same request is the same job, however often it is sent.
         */
        post: operations["submit_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A job as it stands */
        get: operations["get_job"];
        put?: never;
        post?: never;
        /** Remove a job that has ended: what came with it, what it made, and what is known of it */
        delete: operations["remove_job"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a job; what is done stays done */
        post: operations["cancel_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}/conclusion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is made of all results together: how it stands, and its files */
        get: operations["get_conclusion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}/conclusion/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One file of it, whole or in parts: a timeline, a report, a video with what was found */
        get: operations["get_conclusion_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A job as it goes on, as server-sent events; it ends with the job
         * @description `Last-Event-ID` goes on after that event; 204 when there is nothing more to come.
         */
        get: operations["follow_job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}/files/{option}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** That file */
        get: operations["get_job_file"];
        /**
         * Give a job a file: the corrections of people, say; what is made of all results is made again
         * @description The body is the file: TOML, or JSON or CSV with that Content-Type. No picture is looked at again. The same bytes once more change nothing.
         */
        put: operations["put_job_file"];
        post?: never;
        /** Take it away again; what is made of all results is made again */
        delete: operations["remove_job_file"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Its pictures by number, and what became of each */
        get: operations["list_job_items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}/items/{number}/edit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change the result of one picture by hand: it is made again as the edit says
         * @description The body is the `data` of the item's result with other regions, texts or styles, as the edit file of `siseon run translation`. The picture is rendered again from it; nothing is read or translated, and no network is asked. Where a text cannot stand as it is wanted, nothing is changed. What the worker made stays: `unedited` of the item.
         */
        put: operations["put_job_edit"];
        post?: never;
        /** Take an edit back: what the worker made stands there again */
        delete: operations["remove_job_edit"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}/items/{number}/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The picture of an item as it came, before anything was done to it */
        get: operations["get_job_picture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}/items/{number}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The result of one picture, as its pipeline would have answered
         * @description What a pipeline has found that this service does not serve is described where it is served.
         */
        get: operations["get_job_result"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}/results.zip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All results so far, with the pictures that were made, as one archive */
        get: operations["get_job_results"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Queue failed pictures again, or a job that was cancelled */
        post: operations["retry_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every model that is known */
        get: operations["list_models"];
        put?: never;
        /** Register a model: a form with its card (TOML) and its files, or with a network alone */
        post: operations["register_model"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One model and its figures */
        get: operations["get_model"];
        put?: never;
        post?: never;
        /** Delete a registered model, all of its versions, with its files */
        delete: operations["delete_model"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/load": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Load a model and warm it up; requests go on meanwhile */
        post: operations["load_model"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/unload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Free a model that no pipeline uses */
        post: operations["unload_model"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All versions of a model, the newest first */
        get: operations["list_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One model and its figures */
        get: operations["get_model_version"];
        put?: never;
        post?: never;
        /** Delete a registered model with its files */
        delete: operations["delete_model_version"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/versions/{version}/load": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Load a model and warm it up; requests go on meanwhile */
        post: operations["load_model_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/versions/{version}/unload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Free a model that no pipeline uses */
        post: operations["unload_model_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/versions/{version}/warm-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a loaded model on zeros */
        post: operations["warm_up_model_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/warm-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a loaded model on zeros */
        post: operations["warm_up_model"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pipelines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which pipelines are served, with their models */
        get: operations["list_pipelines"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pipelines/gauges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run gauges on one picture */
        post: operations["run_gauges"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change options of gauges, its models for example, without losing a request
         * @description What is not named stays as it is.
         */
        patch: operations["change_gauges"];
        trace?: never;
    };
    "/v1/pipelines/gauges/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run gauges on many pictures, answered one a line as each is done
         * @description JSON, or a form of files, which may have fields `urls` beside them.
         */
        post: operations["run_gauges_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pipelines/inspection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run inspection on one picture */
        post: operations["run_inspection"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change options of inspection, its models for example, without losing a request
         * @description What is not named stays as it is.
         */
        patch: operations["change_inspection"];
        trace?: never;
    };
    "/v1/pipelines/inspection/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run inspection on many pictures, answered one a line as each is done
         * @description JSON, or a form of files, which may have fields `urls` beside them.
         */
        post: operations["run_inspection_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pipelines/oilspill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run oilspill on one picture */
        post: operations["run_oilspill"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change options of oilspill, its models for example, without losing a request
         * @description What is not named stays as it is.
         */
        patch: operations["change_oilspill"];
        trace?: never;
    };
    "/v1/pipelines/oilspill/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run oilspill on many pictures, answered one a line as each is done
         * @description JSON, or a form of files, which may have fields `urls` beside them.
         */
        post: operations["run_oilspill_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pipelines/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run people on one picture */
        post: operations["run_people"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change options of people, its models for example, without losing a request
         * @description What is not named stays as it is.
         */
        patch: operations["change_people"];
        trace?: never;
    };
    "/v1/pipelines/people/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run people on many pictures, answered one a line as each is done
         * @description JSON, or a form of files, which may have fields `urls` beside them.
         */
        post: operations["run_people_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pipelines/text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run text on one picture */
        post: operations["run_text"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change options of text, its models for example, without losing a request
         * @description What is not named stays as it is.
         */
        patch: operations["change_text"];
        trace?: never;
    };
    "/v1/pipelines/text/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run text on many pictures, answered one a line as each is done
         * @description JSON, or a form of files, which may have fields `urls` beside them.
         */
        post: operations["run_text_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pipelines/translation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run translation on one picture */
        post: operations["run_translation"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change options of translation, its models for example, without losing a request
         * @description What is not named stays as it is.
         */
        patch: operations["change_translation"];
        trace?: never;
    };
    "/v1/pipelines/translation/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run translation on many pictures, answered one a line as each is done
         * @description JSON, or a form of files, which may have fields `urls` beside them.
         */
        post: operations["run_translation_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The streams that are kept, with state, rates and counts */
        get: operations["list_streams"];
        put?: never;
        /** Keep a stream, and run it from now on, after a restart too */
        post: operations["add_stream"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One stream */
        get: operations["get_stream"];
        put?: never;
        post?: never;
        /** Keep a stream no longer; it is stopped */
        delete: operations["remove_stream"];
        options?: never;
        head?: never;
        /** Change a stream as it runs; another address or application begins anew */
        patch: operations["change_stream"];
        trace?: never;
    };
    "/v1/streams/{name}/calibration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The calibration of a stream */
        get: operations["get_calibration"];
        /** Calibrate a stream; it is read so from its next frames on, without a new connection */
        put: operations["calibrate"];
        post?: never;
        /** Read a stream without a calibration */
        delete: operations["forget_calibration"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{name}/calibration/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The picture that was calibrated, as JPEG */
        get: operations["get_calibrated_picture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{name}/calibration/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What the picture of this moment would be read as by a calibration, which is not kept */
        post: operations["preview_calibration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{name}/calibration/proposal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What sight proposes of the picture of this moment: marks with their values, for a person to look at
         * @description It takes the time of a reading by sight, seconds where the processor is busy.
         */
        post: operations["propose_calibration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{name}/clips": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Clips of a stream, the newest first */
        get: operations["list_clips"];
        put?: never;
        /**
         * Have a clip of what happens now: the seconds before, and those that follow
         * @description While one is taken, it is made longer.
         */
        post: operations["take_clip"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{name}/clips/{clip}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One clip */
        get: operations["get_clip"];
        put?: never;
        post?: never;
        /** Keep a clip no longer */
        delete: operations["remove_clip"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{name}/clips/{clip}/video": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The video: VP9 in WebM */
        get: operations["get_clip_video"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{name}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * States, results and failures of a stream as they come, as server-sent events
         * @description `event` is `state`, `result`, `failure` or `missed`, `data` a document of that kind. It begins with the state of the moment; `Last-Event-ID` means nothing, since live events are not told again.
         */
        get: operations["follow_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{name}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What its figures were: a page as JSON, or a whole span as CSV
         * @description Times are ISO 8601, in UTC where they name no zone.
         */
        get: operations["get_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{name}/snapshot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest picture of the stream */
        get: operations["get_snapshot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{name}/video": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The stream as MJPEG, for <img>: drawn and coded once for all who look */
        get: operations["get_video"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Whether a source can be seen, before it is kept: its first picture, or why there is none */
        post: operations["test_source"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A ticket for pages: ?ticket=... in place of the token, for what is looked at of streams or of a job
         * @description For GET and WebSockets below `/v1/streams/` and `/v1/alarms/`, for a minute; what was opened stays open. With `job` for GET below `/v1/jobs/{job}/` and `/v1/artifacts/out/{job}/`, for an hour: a player seeks.
         */
        post: operations["issue_ticket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Requests whose traces are kept, the newest first */
        get: operations["list_traces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/traces/{trace_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One request, with its spans */
        get: operations["get_trace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/traces/{trace_id}/perfetto": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The requests of one trace for Perfetto and chrome://tracing */
        get: operations["one_for_perfetto"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/traces/perfetto": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All of them for Perfetto and chrome://tracing */
        get: operations["all_for_perfetto"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/traces/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the newest requests spent their time, pipeline by pipeline */
        get: operations["report_traces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Name, version and extensions of the server */
        get: operations["oip_server"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process answers */
        get: operations["oip_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether all models are warm */
        get: operations["oip_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Inputs and outputs of a model or pipeline */
        get: operations["oip_metadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The model's configuration */
        get: operations["oip_config"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/infer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a model on tensors, or a pipeline on pictures */
        post: operations["oip_infer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the model is loaded */
        get: operations["oip_model_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts and times since the model was loaded */
        get: operations["oip_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Inputs and outputs of a model or pipeline */
        get: operations["oip_metadata_of_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The model's configuration */
        get: operations["oip_config_of_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}/infer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a model on tensors, or a pipeline on pictures */
        post: operations["oip_infer_of_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the model is loaded */
        get: operations["oip_model_ready_of_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{model}/versions/{version}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts and times since the model was loaded */
        get: operations["oip_stats_of_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Statistics of all loaded models */
        get: operations["oip_all_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/repository/index": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Every model that is known, and whether it is loaded */
        post: operations["oip_index"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/repository/models/{model}/load": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Load and warm a model */
        post: operations["oip_load"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/repository/models/{model}/unload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Unload a model that no pipeline uses */
        post: operations["oip_unload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Something that happened to an alarm. */
        AlarmEvent: {
            /** @description Its id. */
            alarm: string;
            /** @enum {string} */
            alarm_kind: "high_high" | "high" | "low" | "low_low" | "deviation" | "rate_of_change" | "stale";
            /** Format: date-time */
            at: string;
            /** @description Who did it, where somebody did. */
            by: string | null;
            /** @description What was held against the limit: the value, its deviation, its rate per second, or seconds without a good one. */
            compared: number | null;
            /** @description From 1, without gaps, in the order in which they were written. */
            id: number;
            kind: components["schemas"]["EventKind"];
            /** @description In the same units; of ``stale`` the seconds. */
            limit: number;
            /** @description Events that came before it and were not written: it came and went faster than the database took it. */
            missed: number;
            note: string | null;
            /** @enum {string} */
            priority: "low" | "medium" | "high" | "critical";
            /** @description After it. */
            state: components["schemas"]["siseon__streams__alarms__standing__State"];
            stream: string;
            tag: string;
            unit: string | null;
            value: number | null;
        };
        /** @description An alarm as it stands. */
        AlarmTold: {
            acknowledged_at: string | null;
            /** @description Who acknowledged it last; None: nobody since it was raised. */
            acknowledged_by: string | null;
            /** @description Whether its condition is there, shelved or not. */
            active: boolean;
            /**
             * Format: date-time
             * @description When its condition last came or went, or it was first watched.
             */
            changed_at: string;
            /** @description What was held against the limit then: the value, its deviation, its rate per second, or seconds without one. */
            compared: number | null;
            /** @description ``STREAM.TAG.KIND``. */
            id: string;
            rule: components["schemas"]["LimitRule"] | components["schemas"]["DeviationRule"] | components["schemas"]["RateRule"] | components["schemas"]["StaleRule"];
            shelved_by: string | null;
            shelved_until: string | null;
            state: components["schemas"]["siseon__streams__alarms__standing__State"];
            stream: string;
            unit: string | null;
            /** @description At the last change. */
            value: number | null;
            /** @description Why it may never be raised: its stream runs, and gives no figure of its tag. Told in lists. */
            warning: string | null;
        };
        AnyResult: components["schemas"]["Result_GaugesResult_"] | components["schemas"]["Result_InspectionResult_"] | components["schemas"]["Result_OilSpillResult_"] | components["schemas"]["Result_ChunkSeen_"] | components["schemas"]["Result_TextResult_"] | components["schemas"]["Result_TranslationResult_"];
        /** @description How a tracklet looks. */
        Appearance: {
            crops: number;
            quality: number;
            vector: string;
        };
        /** @description The pictures of a batch, in their order. */
        Batch: {
            results: components["schemas"]["PredictedOfMany"][];
        };
        BatchLine_ChunkSeen_: {
            failure?: components["schemas"]["Failure"] | null;
            index: number;
            name: string;
            result?: components["schemas"]["Result_ChunkSeen_"] | null;
            trace_id: string;
        };
        BatchLine_GaugesResult_: {
            failure?: components["schemas"]["Failure"] | null;
            index: number;
            name: string;
            result?: components["schemas"]["Result_GaugesResult_"] | null;
            trace_id: string;
        };
        BatchLine_InspectionResult_: {
            failure?: components["schemas"]["Failure"] | null;
            index: number;
            name: string;
            result?: components["schemas"]["Result_InspectionResult_"] | null;
            trace_id: string;
        };
        BatchLine_OilSpillResult_: {
            failure?: components["schemas"]["Failure"] | null;
            index: number;
            name: string;
            result?: components["schemas"]["Result_OilSpillResult_"] | null;
            trace_id: string;
        };
        BatchLine_TextResult_: {
            failure?: components["schemas"]["Failure"] | null;
            index: number;
            name: string;
            result?: components["schemas"]["Result_TextResult_"] | null;
            trace_id: string;
        };
        BatchLine_TranslationResult_: {
            failure?: components["schemas"]["Failure"] | null;
            index: number;
            name: string;
            result?: components["schemas"]["Result_TranslationResult_"] | null;
            trace_id: string;
        };
        Body_load_model: {
            warm_up?: number | null;
        };
        Body_load_model_version: {
            warm_up?: number | null;
        };
        Body_warm_up_model: {
            /** @default 1 */
            iterations?: number;
        };
        Body_warm_up_model_version: {
            /** @default 1 */
            iterations?: number;
        };
        Box: [
            number,
            number,
            number,
            number
        ];
        /** @description One instrument before one camera. */
        Calibration: {
            /** @description What the needle turns around. */
            centre: [
                number,
                number
            ];
            /**
             * @description Degrees: standard deviation of where the marks are, where they were proposed by sight and stand at the numbers.
             *     None: they are on the marks themselves, within half a pixel.
             */
            deviation?: number | null;
            /** @description In which values rise. None: as three or more marks say; clockwise where there are two. */
            direction?: ("clockwise" | "counterclockwise") | null;
            height: number;
            /** @description Values above are marked. */
            high?: number | null;
            /**
             * @default analog
             * @constant
             */
            kind?: "analog";
            /** @description Values below are marked. */
            low?: number | null;
            /**
             * @description Name of the picture that was calibrated on, a file beside this one: later pictures are laid on it, so that a
             *     camera that was moved is noticed, or made up for. None: the camera is taken to stand still.
             */
            picture?: string | null;
            /** @description Points on any one circle around the centre, at or outside the marks of the scale. */
            rim: [
                number,
                number
            ][];
            /** @description Marks with their values, in any order; between two the scale is linear. The outer ends are the scale's ends. */
            scale: components["schemas"]["ScalePoint"][];
            /**
             * @description What a whole turn of the pointer counts, where the scale has no ends, as on the small dials of a meter; of its
             *     marks the lowest is where it begins again. None: the scale has ends.
             */
            turn?: number | null;
            unit?: string | null;
            /** @description Of the picture that the points are of. */
            width: number;
        };
        /** @description A calibration as it is kept. */
        CalibrationInfo: {
            calibration: components["schemas"]["Calibration"] | components["schemas"]["DisplayCalibration"];
            /** Format: date-time */
            changed_at: string;
            /** @description Whether later pictures are laid on the one that it was made of; see ``calibration/picture``. */
            has_picture: boolean;
        };
        /** @description What a calibration would make of the picture of this moment. */
        CalibrationPreview: {
            /**
             * Format: date-time
             * @description When the picture had come, UTC.
             */
            at: string;
            reading: components["schemas"]["Reading"];
        };
        /** @description A calibration by sight, for a person to look at. */
        CalibrationProposal: {
            /** @description None: nothing is proposed. */
            calibration: components["schemas"]["Calibration"] | null;
            /**
             * @description What of it sight itself does not bear out.
             * @default []
             */
            doubts: string[];
            height: number;
            /**
             * @description Why nothing is proposed.
             * @default
             */
            message: string;
            /**
             * @description Scales of the dial that are not proposed, in words.
             * @default []
             */
            others: string[];
            /** @description Of the picture, by it. */
            reading: components["schemas"]["Reading"] | null;
            /** @description Of the picture that was looked at. */
            width: number;
        };
        /**
         * @description The names that states are told with; see ``_RULES`` for their meaning.
         * @enum {string}
         */
        Cause: "unreachable" | "timed_out" | "silent" | "ended" | "broken" | "not_found" | "unauthorized" | "untrusted" | "not_video" | "no_video" | "too_large" | "undecodable" | "blocked" | "failed" | "finished" | "asked" | "not_served" | "unusable";
        /**
         * @description What was seen in one chunk. Two chunks in a row share their border picture: the last of one, the first of the
         *     next; at it each tracklet has a box wherever the detector found one.
         */
        ChunkSeen: {
            /** @default [] */
            between: components["schemas"]["Moment"][];
            chunk: number;
            /** @default null */
            descriptor: string | null;
            end_ms: number;
            /** @default null */
            file: string | null;
            height: number;
            /** @default [] */
            moments: components["schemas"]["Moment"][];
            /** @default [] */
            refused: components["schemas"]["Refusal"][];
            start_ms: number;
            /** @default [] */
            tracklets: components["schemas"]["Tracklet"][];
            /** @default [] */
            unseen: components["schemas"]["Span"][];
            width: number;
        };
        /** @description What the classifier calls the object ``detections[detection_index]``. */
        Classification: {
            class_id: number | null;
            class_name: string;
            detection_index: number;
            score: number;
            /** @default [] */
            top: components["schemas"]["Label"][];
        };
        /** @description A clip of a stream. */
        Clip: {
            /**
             * Format: date-time
             * @description When the first event was, UTC.
             */
            at: string;
            /**
             * Format: date-time
             * @description When its first picture was.
             */
            begins_at: string;
            /** @description Why it failed, where it did. */
            failure: components["schemas"]["Failure"] | null;
            frames: number;
            height: number | null;
            id: string;
            /** @description Length of the file; of its pictures, while it is taken; 0 where it failed. */
            nbytes: number;
            /** @description Of the events that it shows. */
            reasons: string[];
            /** @description How long it is, or so far. */
            seconds: number;
            state: components["schemas"]["ClipState"];
            stream: string;
            /** @description Pixels; None while it is taken. */
            width: number | null;
        };
        /** @description Of one stream. */
        ClipOptions: {
            /**
             * @description Seconds after it.
             * @default 10
             */
            after_s?: number;
            /**
             * @description Seconds before an event: so many are held in memory all the time, as small pictures. 0: none.
             * @default 0
             */
            before_s?: number;
            /**
             * @description Pictures a second at most.
             * @default 5
             * @enum {integer}
             */
            fps?: 1 | 2 | 5 | 10;
            /**
             * @description Whether an alarm of the stream that goes on makes one.
             * @default false
             */
            on_alarm?: boolean;
            /**
             * @description Pixels across, and down, at most.
             * @default 640
             * @enum {integer}
             */
            width?: 320 | 640 | 1280;
        };
        /**
         * @description Where a clip is in its life.
         * @enum {string}
         */
        ClipState: "taking" | "ready" | "failed";
        /** @description What was made. */
        Concluded: {
            /** @description Names below ``/v1/jobs/{job}/conclusion/``. */
            files: string[];
            revision: number;
        };
        /** @description How far it is. */
        Concluding: {
            revision: number;
            /** @description One, where its application tells of them; none when a worker begins. */
            steps: components["schemas"]["Step"][];
        };
        /** @description It could not be made. */
        ConclusionFailed: {
            /** Format: date-time */
            at: string;
            data: components["schemas"]["NotConcluded"];
            /** @description Counts from 1 within the job, without gaps. */
            id: number;
            job: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "conclusion_failed";
            number: null;
        };
        /** @description One file of it. */
        ConclusionFileInfo: {
            media_type: string;
            name: string;
            nbytes: number;
            /** @description At which it is fetched, in parts too (``Range``). */
            path: string;
        };
        /** @description What is made of all results together, as a worker makes it once the last one is there. */
        ConclusionInfo: {
            /** @description Why the last try failed. */
            failure: components["schemas"]["Failure"] | null;
            /** @description As they were made last; while it is made again, those of before. */
            files: components["schemas"]["ConclusionFileInfo"][];
            made_at: string | null;
            /** @description Counts how often it was asked for: by the last result, and by each correction. */
            revision: number;
            state: components["schemas"]["ConclusionState"];
        };
        /**
         * @description Of what is made of all results of a job together.
         * @enum {string}
         */
        ConclusionState: "pending" | "waiting" | "running" | "done" | "failed";
        /** @description An inspection's result with the envelope's facts beside it, in one flat object. */
        DetectAnswer: {
            classifications: components["schemas"]["Classification"][];
            degraded: string[];
            detections: components["schemas"]["Detection"][];
            height: number;
            image_id: string;
            inference_ms: number;
            models: components["schemas"]["ModelRef"][];
            safety: components["schemas"]["SafetyReport"] | null;
            timings: components["schemas"]["StageTiming"][];
            trace_id: string;
            warnings: string[];
            width: number;
        };
        /** @description One object: where it is and what the detector calls it. */
        Detection: {
            box: components["schemas"]["Box"];
            class_id: number;
            class_name: string;
            /** @default null */
            mask: components["schemas"]["MaskRle"] | null;
            score: number;
        };
        /** @description A value that is farther than ``limit`` from the setpoint. */
        DeviationRule: {
            /**
             * @description How far behind the limit a value must be, in units of it, to be back.
             * @default 0
             */
            deadband?: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "deviation";
            /**
             * @description Whether it stays until somebody resets it, when values are back.
             * @default false
             */
            latch?: boolean;
            limit: number;
            /**
             * @description Seconds over which values must be seen to be back before the alarm returns to normal.
             * @default 0
             */
            off_delay_s?: number;
            /**
             * @description Seconds over which values must be seen beyond the limit before the alarm is raised.
             * @default 0
             */
            on_delay_s?: number;
            /**
             * @default medium
             * @enum {string}
             */
            priority?: "low" | "medium" | "high" | "critical";
            /**
             * @description Seconds after which one that was acknowledged and is still there is to be acknowledged again.
             * @default null
             */
            re_alarm_s?: number | null;
            setpoint: number;
            /** @description Which figure of the stream. */
            tag: string;
        };
        /** @description One display or counter before one camera. */
        DisplayCalibration: {
            /**
             * @description Whether it shows a time: with colons, its value is in units of its last part.
             * @default false
             */
            clock?: boolean;
            /**
             * @description Around the digits, with a margin of at most half their height: top left, top right, bottom right and bottom left
             *     as they are read. Of a counter, of its window.
             */
            corners: [
                [
                    number,
                    number
                ],
                [
                    number,
                    number
                ],
                [
                    number,
                    number
                ],
                [
                    number,
                    number
                ]
            ];
            /** @description Digits behind the point. None: as the display shows, whole numbers where it shows no point. */
            decimals?: number | null;
            /**
             * @description How many places it has. Of a display, dark ones too: more than these are refused; of a counter, all drums: fewer
             *     are refused too.
             */
            digits?: number | null;
            height: number;
            /** @description Values above are marked. */
            high?: number | null;
            /**
             * @description ``counter``: drums that roll from digit to digit; ``digital``: segments or dots.
             * @enum {string}
             */
            kind: "digital" | "counter";
            /** @description Values below are marked. */
            low?: number | null;
            /** @description By how much its value changes in a second at most; what changes faster is refused on a stream. */
            max_rate?: number | null;
            maximum?: number | null;
            /** @description Values below are refused: the instrument cannot show them. */
            minimum?: number | null;
            /**
             * @description Name of the picture that was calibrated on, a file beside this one: later pictures are laid on it, so that a
             *     camera that was moved is noticed, or made up for. None: the camera is taken to stand still.
             */
            picture?: string | null;
            unit?: string | null;
            /** @description Of the picture that the points are of. */
            width: number;
        };
        /**
         * @description What happened to an alarm.
         * @enum {string}
         */
        EventKind: "raised" | "returned" | "acknowledged" | "realarmed" | "shelved" | "unshelved" | "reset" | "removed";
        /** @description A face at one moment: hidden in the video. What it looks like is asked for only. */
        Face: {
            box: components["schemas"]["Box"];
            /** @default null */
            expression: {
                [key: string]: number;
            } | null;
            /** @default null */
            id: number | null;
            /** @default null */
            refused: ("small" | "profile" | "blurred") | null;
            score: number;
        };
        /** @description One figure that is known of a frame; of ``time`` seconds since 1970-01-01 UTC. */
        Fact: {
            /** @enum {string} */
            source: "klv" | "exif" | "xmp" | "sidecar" | "overlay" | "stated" | "derived" | "interpolated";
            /** @default null */
            text: string | null;
            value: number;
        };
        /** @description Why an item failed. */
        Failed: {
            failure: components["schemas"]["Failure"];
        };
        /** @description A failure as it is told to a person or a client. */
        Failure: {
            code: components["schemas"]["FailureCode"];
            /** @default null */
            hint: string | null;
            message: string;
            retryable: boolean;
            /** @default null */
            stage: string | null;
        };
        /**
         * @description The closed set of failure codes; see ``_RULES`` for what each means to a client.
         * @enum {string}
         */
        FailureCode: "unsupported_media" | "corrupt_image" | "image_too_large" | "video_too_large" | "empty_upload" | "invalid_input" | "file_unreadable" | "url_blocked" | "url_refused" | "url_unreachable" | "safety_blocked" | "consent_missing" | "contract_violation" | "model_not_found" | "model_load_failed" | "model_exists" | "network_failed" | "quantization_refused" | "weights_mismatch" | "pull_failed" | "storage_failed" | "pipeline_not_found" | "not_found" | "method_not_allowed" | "not_acceptable" | "unauthorized" | "forbidden" | "model_not_ready" | "model_in_use" | "model_not_loaded" | "deadline_exceeded" | "overloaded" | "shutting_down" | "cancelled" | "superseded" | "trace_not_found" | "job_not_found" | "job_not_finished" | "job_item_failed" | "key_reused" | "queue_full" | "stream_not_found" | "stream_exists" | "stream_not_live" | "streams_not_run" | "clip_not_ready" | "alarm_not_found" | "alarm_active" | "store_unavailable" | "stage_failed" | "translator_failed" | "worker_died" | "worker_stuck" | "dependency_missing";
        /** @description A frame's failure; the stream goes on. */
        FailureTold: {
            failure: components["schemas"]["Failure"];
            frame: components["schemas"]["FrameTold"];
            /**
             * @default failure
             * @constant
             */
            kind: "failure";
            stream: string;
        };
        /** @description One thing that a policy is about. */
        Finding: {
            /** @enum {string} */
            action: "none" | "flag" | "blur" | "block";
            box: components["schemas"]["Box"];
            /** @enum {string} */
            kind: "nsfw" | "face" | "phone" | "email" | "payment_card" | "resident_number" | "social_security_number" | "iban" | "passport" | "licence_plate" | "unread_text";
            /** @default null */
            ring: [
                number,
                number
            ][] | null;
            score: number;
        };
        /**
         * @description Pictures a second at most.
         * @enum {integer}
         */
        Fps: 1 | 2 | 5 | 10 | 25;
        /** @description Which frame, and when. */
        FrameTold: {
            /** Format: date-time */
            at: string;
            latency_ms: number;
            number: number;
        };
        /** @description All that may be set. */
        GaugesOptions: {
            /**
             * @description File that says where the instrument is in the pictures and what its scale means.
             * @default null
             */
            calibration?: string | null;
        };
        /** @description The instruments of one picture. */
        GaugesResult: {
            height: number;
            image_id: string;
            readings: components["schemas"]["Reading"][];
            width: number;
        };
        /** @description How the picture lies on the sea. */
        Georeference: {
            ce90_m: number;
            corners: [
                number,
                number
            ][];
            crs: string;
            gsd_m: number;
            /** @default null */
            horizon_y: number | null;
            interpolated: boolean;
            matrix: [
                [
                    number,
                    number,
                    number
                ],
                [
                    number,
                    number,
                    number
                ],
                [
                    number,
                    number,
                    number
                ]
            ];
            /** @enum {string} */
            method: "nadir" | "oblique";
        };
        /** @description What an unload gave back, measured on the whole process. */
        Gone: {
            freed_bytes: number;
            name: string;
            resident_after: number;
            resident_before: number;
        };
        /** @description Whether the process answers. */
        Health: {
            status: string;
            version: string;
        };
        /** @description Whether pictures are taken. */
        Healthy: {
            /** @description healthy, or what the service is doing instead. */
            status: string;
            version: string;
        };
        /** @description What is written, and for how long it is kept. */
        HistoryOptions: {
            /**
             * @description Older rows go.
             * @default 30
             */
            days?: number;
            /**
             * @description A value is written that differs by more from the last one written; another quality or unit is always.
             * @default 0
             */
            deadband?: number;
            /**
             * @description At least one of the values of so many seconds is written, changed or not; all of them with 0.
             * @default 60
             */
            every_s?: number;
            /**
             * @description Of the stream, all its tags together; beyond it the oldest go.
             * @default 1000000
             */
            rows?: number;
        };
        /** @description A part of a history, in the order of time. */
        HistoryPage: {
            /** @description What ``after`` is for the page behind it; None: there is none yet. */
            next: string | null;
            points: components["schemas"]["Point"][];
        };
        /**
         * @description Of a job's webhook. A job that is queued again after its end has another one.
         * @enum {string}
         */
        HookState: "pending" | "waiting" | "delivered" | "given_up";
        /** @description The JSON of a request. */
        InferRequest: {
            /** @default null */
            id?: string | null;
            inputs: components["schemas"]["InputTensor"][];
            /** @default [] */
            outputs?: components["schemas"]["WantedOutput"][];
            /**
             * @default {
             *       "binary_data_output": false,
             *       "timeout": null
             *     }
             */
            parameters?: components["schemas"]["RequestParameters"];
        };
        /** @description What may be said of an input. */
        InputParameters: {
            /** @default null */
            binary_data_size?: number | null;
        };
        /** @description One input; its values stand in ``data`` or behind the JSON. */
        InputTensor: {
            /** @default null */
            data?: unknown;
            datatype: string;
            name: string;
            /**
             * @default {
             *       "binary_data_size": null
             *     }
             */
            parameters?: components["schemas"]["InputParameters"];
            shape: number[];
        };
        /** @description All that may be set. */
        InspectionOptions: {
            /**
             * @description Names of the detector's classes to keep; none named keeps all.
             * @default []
             */
            classes?: string[];
            /**
             * @description Name of a card with task `classify`.
             * @default efficientnet-lite0
             */
            classifier?: string;
            /**
             * @description Whether to name each detection.
             * @default true
             */
            classify?: boolean;
            /**
             * @description Crops in one call of the classifier; none: what suits the device.
             * @default null
             */
            classify_batch?: number | null;
            /**
             * @description Least score at which a name is given; below, the object is called `uncertain`.
             * @default 0.5
             */
            classify_min_score?: number;
            /**
             * @description Calls of the classifier at the same time; none: what suits the device.
             * @default null
             */
            classify_replicas?: number | null;
            /**
             * @description Threads of one call of the classifier; none: those of the service.
             * @default null
             */
            classify_threads?: number | null;
            /**
             * @description Seconds for all classifications of an image; what is not there then is left out, and the result says
             *     `degraded`.
             * @default null
             */
            classify_timeout?: number | null;
            /**
             * @description How long a call of the classifier that is not full waits for crops of other requests.
             * @default 0
             */
            classify_window_ms?: number;
            /**
             * @description Pictures in one call of the detector; none: what suits the device.
             * @default null
             */
            detect_batch?: number | null;
            /**
             * @description Calls of the detector at the same time; none: what suits the device.
             * @default null
             */
            detect_replicas?: number | null;
            /**
             * @description Threads of one call of the detector; none: those of the service.
             * @default null
             */
            detect_threads?: number | null;
            /**
             * @description Name of a card with task `detect`.
             * @default yolox-nano
             */
            detector?: string;
            /**
             * @description Name of a card with task `embed`, whose features the gallery compares.
             * @default efficientnet-lite0-features
             */
            embedder?: string;
            /**
             * @description What to do about faces.
             * @default none
             * @enum {string}
             */
            faces?: "none" | "flag" | "blur" | "block";
            /**
             * @description Folder with a folder, or one picture, for each product: objects are then named by the nearest of the pictures.
             * @default null
             */
            gallery?: string | null;
            /**
             * @description By how much the nearest product must lead the next; less is `uncertain`.
             * @default 0.03
             */
            gallery_margin?: number;
            /**
             * @description Least cosine similarity to a product; below, the answer is `none of these`.
             * @default 0.6
             */
            gallery_min_score?: number;
            /**
             * @description Overlap above which the worse of two detections of a class is dropped.
             * @default 0.65
             */
            iou?: number;
            /**
             * @description Keep this many of the best detections.
             * @default null
             */
            max_objects?: number | null;
            /**
             * @description Detections below are left out, on top of the pipeline's `score_threshold`.
             * @default 0
             */
            min_score?: number;
            /**
             * @description Pixels of the shorter side below which a detection is not classified: it shows nothing that could be named.
             * @default 32
             */
            min_side?: number;
            /**
             * @description What to do about a picture that is not safe for work.
             * @default none
             * @enum {string}
             */
            nsfw?: "none" | "flag" | "blur" | "block";
            /**
             * @description Least score of a picture that is not safe for work; the default is what the authors of open_nsfw call a high
             *     probability.
             * @default 0.8
             */
            nsfw_threshold?: number;
            /**
             * @description What to do about lines with a telephone number, an e-mail address, a payment card, the number of an account or
             *     a document, or a licence plate.
             * @default none
             * @enum {string}
             */
            pii_text?: "none" | "flag" | "blur" | "block";
            /**
             * @description Least score of a detection.
             * @default 0.25
             */
            score_threshold?: number;
            /**
             * @description More than 1 lists that many of the best classes beside the name, whatever their scores.
             * @default 1
             */
            top_k?: number;
            /**
             * @description Detector's classes that the classifier is not asked about: ImageNet, for one, has no class for people.
             * @default [
             *       "person"
             *     ]
             */
            unclassified?: string[];
        };
        /**
         * @description The answer for one image.
         *
         *     Objects too small to classify, and all objects when the classifier failed, have no classification.
         *     ``inference_ms`` is the time from the request's start until the answer was put together.
         */
        InspectionResult: {
            classifications: components["schemas"]["Classification"][];
            detections: components["schemas"]["Detection"][];
            height: number;
            image_id: string;
            inference_ms: number;
            /** @default null */
            safety: components["schemas"]["SafetyReport"] | null;
            width: number;
        };
        /** @description One instrument. ``value`` is null where it is not read, and ``status`` says why. */
        Instrument: {
            box: [
                number,
                number,
                number,
                number
            ] | null;
            confidence: number | null;
            id: number;
            needle_angle: number | null;
            status: string;
            /** @enum {string} */
            type: "analog" | "digital" | "counter";
            uncertainty: number | null;
            unit: string | null;
            value: number | null;
        };
        /** @description An item has its result. */
        ItemDone: {
            /** Format: date-time */
            at: string;
            data: components["schemas"]["Made"];
            /** @description Counts from 1 within the job, without gaps. */
            id: number;
            job: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "item_done";
            number: number;
        };
        /** @description An item failed for good. */
        ItemFailed: {
            /** Format: date-time */
            at: string;
            data: components["schemas"]["Failed"];
            /** @description Counts from 1 within the job, without gaps. */
            id: number;
            job: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "item_failed";
            number: number;
        };
        /** @description One picture of a job, and what became of it. Its ``input`` is as it came: a URL, path, artifact or name. */
        ItemInfo: {
            /** @description How often it was given to a worker. */
            attempt: number;
            /** @description The last one, also of an item that is tried again. */
            failure: components["schemas"]["Failure"] | null;
            failures: number;
            /** @description Paths of the pictures that it made; of an item that was edited, those of the edit. */
            files: string[];
            finished_at: string | null;
            input: string;
            /** @description From 0, in the order of the inputs. */
            number: number;
            /** @description Path of the picture as it came, where that was kept. */
            picture: string | null;
            /** @description Path of its result, once it is done. */
            result: string | null;
            /** @description Names what stands there: another one after each edit. As `If-Match` it says what an edit changes. */
            revision: string;
            started_at: string | null;
            state: components["schemas"]["siseon__jobs__wire__State"];
            /** @description Paths of its result and its pictures as the worker made them; empty without an edit. */
            unedited: string[];
        };
        /** @description An attempt failed, and another one follows. */
        ItemRetried: {
            /** Format: date-time */
            at: string;
            data: components["schemas"]["TriedAgain"];
            /** @description Counts from 1 within the job, without gaps. */
            id: number;
            job: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "item_retried";
            number: number;
        };
        /** @description It is made. */
        JobConcluded: {
            /** Format: date-time */
            at: string;
            data: components["schemas"]["Concluded"];
            /** @description Counts from 1 within the job, without gaps. */
            id: number;
            job: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "concluded";
            number: null;
        };
        /** @description All items have ended; a worker makes what there is to make of all results together. */
        JobConcluding: {
            /** Format: date-time */
            at: string;
            data: components["schemas"]["Concluding"];
            /** @description Counts from 1 within the job, without gaps. */
            id: number;
            job: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "concluding";
            number: null;
        };
        /** @description Nothing more happens by itself; ``result``: at least one item is done. */
        JobEnded: {
            /** Format: date-time */
            at: string;
            data: components["schemas"]["Progress"];
            /** @description Counts from 1 within the job, without gaps. */
            id: number;
            job: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "cancelled" | "failed" | "result";
            number: null;
        };
        JobEvent: components["schemas"]["JobQueued"] | components["schemas"]["JobStarted"] | components["schemas"]["ItemDone"] | components["schemas"]["ItemFailed"] | components["schemas"]["ItemRetried"] | components["schemas"]["JobConcluding"] | components["schemas"]["JobConcluded"] | components["schemas"]["ConclusionFailed"] | components["schemas"]["JobProgress"] | components["schemas"]["JobEnded"];
        /** @description A job as it stands. */
        JobInfo: {
            application: string;
            cancelled: number;
            /** @description What is made of all results together, where its application makes something of them. */
            conclusion: components["schemas"]["ConclusionInfo"] | null;
            /** Format: date-time */
            created_at: string;
            done: number;
            /** @description Path at which it is followed. */
            events: string;
            failed: number;
            /** @description Its options that are files (`corrections` of people, say), and the path of each. */
            files: {
                [key: string]: string;
            };
            finished_at: string | null;
            id: string;
            /** @description The idempotency key that it came with. */
            key: string | null;
            /** @description Id of its newest event. */
            last_event: number;
            /** @description Seconds to its end at that rate; unknown while nobody works on it. */
            left_s: number | null;
            /** @description What was chosen of the application. */
            options: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** @description Whether each picture is kept with what was found drawn on it. */
            pictures: boolean;
            priority: number;
            /** @description Items ended per second, of late. */
            rate_per_s: number | null;
            /** @description Path of the archive of all results so far. */
            results: string;
            started_at: string | null;
            state: components["schemas"]["siseon__jobs__wire__State"];
            total: number;
            webhook: components["schemas"]["WebhookStanding"] | null;
            /** @description With a lease, that take this application: while there are none, nobody works on the job. */
            workers: number;
        };
        /** @description One input; a folder stands for all pictures below it. */
        JobInput: {
            /**
             * @description Of another job: ``out/JOB/000000-1/0.jpg``.
             * @default null
             */
            artifact?: string | null;
            /**
             * @description The file, encoded.
             * @default null
             */
            base64?: string | null;
            /**
             * @description Below the folder that the service's owner has opened.
             * @default null
             */
            folder?: string | null;
            /**
             * @description Of a picture in base64; becomes the image_id.
             * @default null
             */
            name?: string | null;
            /**
             * @description An http(s) address of a public server.
             * @default null
             */
            url?: string | null;
        };
        /** @description Every few seconds while items end. */
        JobProgress: {
            /** Format: date-time */
            at: string;
            data: components["schemas"]["Progress"];
            /** @description Counts from 1 within the job, without gaps. */
            id: number;
            job: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "progress";
            number: null;
        };
        /** @description It was accepted, or items of it are tried again. */
        JobQueued: {
            /** Format: date-time */
            at: string;
            data: components["schemas"]["Waiting"];
            /** @description Counts from 1 within the job, without gaps. */
            id: number;
            job: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "queued";
            number: null;
        };
        /** @description What is asked for. */
        JobRequest: {
            /** @description That runs the pictures; `GET /v1/pipelines` names those that this service runs itself. */
            application: string;
            /**
             * @description Seconds from one picture of a video to the next, of applications that look at pictures.
             * @default 2
             */
            every_s?: number;
            /** @description Pictures in other forms; they come after ``urls``, and files of the form after them. */
            inputs?: components["schemas"]["JobInput"][];
            /** @description What a request may choose of the application. */
            options?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * @description Whether each picture is kept with what was found drawn on it.
             * @default false
             */
            pictures?: boolean;
            /**
             * @description Of the jobs that wait, those with a higher one are served first.
             * @default 0
             */
            priority?: number;
            /** @description Pictures by URL, the shortest form for many; videos, of applications that look at videos. */
            urls?: string[];
            /**
             * @description URL that is told the end of the job.
             * @default null
             */
            webhook?: string | null;
        };
        /** @description A worker has the first item. */
        JobStarted: {
            /** Format: date-time */
            at: string;
            data: components["schemas"]["Nothing"];
            /** @description Counts from 1 within the job, without gaps. */
            id: number;
            job: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "started";
            number: null;
        };
        JsonValue: unknown;
        /** @description How a kept stream is read. */
        KeptOptions: {
            /** @default [] */
            alarms?: (components["schemas"]["LimitRule"] | components["schemas"]["DeviationRule"] | components["schemas"]["RateRule"] | components["schemas"]["StaleRule"])[];
            /**
             * @default {
             *       "after_s": 10,
             *       "before_s": 0,
             *       "fps": 5,
             *       "on_alarm": false,
             *       "width": 640
             *     }
             */
            clips?: components["schemas"]["ClipOptions"];
            /** @default null */
            fps?: number | null;
            /**
             * @default {
             *       "days": 30,
             *       "deadband": 0,
             *       "every_s": 60,
             *       "rows": 1000000
             *     }
             */
            history?: components["schemas"]["HistoryOptions"] | null;
            modbus?: {
                [key: string]: number;
            };
            set?: {
                [key: string]: string;
            };
            /** @default 5 */
            timeout_s?: number;
            /**
             * @default tcp
             * @enum {string}
             */
            transport?: "tcp" | "udp";
            /** @default null */
            webhook?: string | null;
        };
        KeyPoint: [
            number,
            number,
            number
        ];
        /** @description A class given to a thing, with the model's score. */
        Label: {
            class_id: number;
            class_name: string;
            score: number;
        };
        /** @description A value beyond a limit: above it for ``high``, below it for ``low``. */
        LimitRule: {
            /**
             * @description How far behind the limit a value must be, in units of it, to be back.
             * @default 0
             */
            deadband?: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "high" | "high_high" | "low" | "low_low";
            /**
             * @description Whether it stays until somebody resets it, when values are back.
             * @default false
             */
            latch?: boolean;
            limit: number;
            /**
             * @description Seconds over which values must be seen to be back before the alarm returns to normal.
             * @default 0
             */
            off_delay_s?: number;
            /**
             * @description Seconds over which values must be seen beyond the limit before the alarm is raised.
             * @default 0
             */
            on_delay_s?: number;
            /**
             * @default medium
             * @enum {string}
             */
            priority?: "low" | "medium" | "high" | "critical";
            /**
             * @description Seconds after which one that was acknowledged and is still there is to be acknowledged again.
             * @default null
             */
            re_alarm_s?: number | null;
            /** @description Which figure of the stream. */
            tag: string;
        };
        /** @description One line that was read. */
        Line: {
            polygon: [
                number,
                number
            ][];
            /** @default null */
            reader: string | null;
            /** @default [] */
            ruby: components["schemas"]["Ruby"][];
            score: number;
            text: string;
        };
        /** @description What an item has made. */
        Made: {
            /** @description Names below ``/v1/artifacts/``. */
            artifacts: string[];
            /** @description Of the work behind it, where its application tells of them. */
            steps: components["schemas"]["Step"][];
        };
        /** @description COCO run-length encoding of a whole-image mask, column by column; ``size`` is (height, width). */
        MaskRle: {
            counts: string;
            size: [
                number,
                number
            ];
        };
        /** @description One figure of one picture. When it was seen and on which stream, who passes it on says. */
        Measurement: {
            /**
             * @default good
             * @enum {string}
             */
            quality: "good" | "uncertain" | "bad";
            reason: string | null;
            tag: string;
            unit: string | null;
            value: number | null;
        };
        /** @description What is known of a frame beside its pixels. */
        Metadata: {
            /** @default {} */
            facts: {
                [key: string]: components["schemas"]["Fact"];
            };
            /** @default [] */
            refused: components["schemas"]["RefusedFact"][];
            /** @default null */
            template: string | null;
        };
        /** @description Whoever follows was too slow for some of what came. */
        MissedTold: {
            /**
             * @default missed
             * @constant
             */
            kind: "missed";
            missed: number;
            stream: string;
        };
        /** @description A model and what it has done since it was loaded. */
        ModelInfo: {
            /** @description Items over the compute time of one replica. */
            items_per_second: number;
            licence: string;
            /** @description In the service's own process. */
            loaded: boolean;
            name: string;
            /** @description Those that use it. */
            pipelines: string[];
            /** @description Where it runs; empty while it is not loaded. */
            providers: string[];
            /** @description Host of what is to pull. */
            pulled_from: string | null;
            sha256: string;
            stats: components["schemas"]["ModelStats"];
            task: string;
            version: string;
            /**
             * @description Whether its files are on this machine: `here`; `to pull`, by `siseon models pull`; or `to bring`, into a folder on SISEON_MODEL_PATH.
             * @enum {string}
             */
            weights: "here" | "to pull" | "to bring";
            /** @description Worker processes that have it loaded. */
            workers: number;
        };
        /** @description A model that took part in a result, down to its bytes. */
        ModelRef: {
            name: string;
            sha256: string;
            version: string;
        };
        /** @description Counters; times in milliseconds a call, percentiles over the most recent calls. */
        ModelStats: {
            /** @default 0 */
            calls: number;
            /** @default 0 */
            items: number;
            /** @default 0 */
            max_ms: number;
            /** @default 0 */
            mean_ms: number;
            /** @default 0 */
            min_ms: number;
            /** @default 0 */
            p50_ms: number;
            /** @default 0 */
            p95_ms: number;
            /** @default 0 */
            p99_ms: number;
            /** @default 0 */
            resident_bytes: number;
        };
        /** @description One sampled picture. */
        Moment: {
            /** @default [] */
            boxes: components["schemas"]["SeenBox"][];
            /**
             * @default [
             *       1,
             *       0,
             *       0,
             *       0
             *     ]
             */
            camera: components["schemas"]["Similarity"] | null;
            /** @default [] */
            faces: components["schemas"]["Face"][];
            /** @default [] */
            others: components["schemas"]["Box"][];
            t_ms: number;
        };
        /** @description Where a needle lies, in pixels of the original picture. */
        Needle: {
            middle: [
                number,
                number
            ];
            tip: [
                number,
                number
            ];
        };
        /** @description Why it was not made, and when it is tried again; None: not by itself. */
        NotConcluded: {
            after_s: number | null;
            failure: components["schemas"]["Failure"];
        };
        /** @description There is no more to say. */
        Nothing: Record<string, never>;
        /** @description All that may be set. */
        OilSpillOptions: {
            /**
             * @description Write pictures on the map as cloud-optimised GeoTIFF, for who opens them over HTTP: it takes twice as long.
             * @default false
             */
            cloud_optimised?: boolean;
            /**
             * @description Degrees below level that the camera looks; 90 is straight down.
             * @default null
             */
            depression?: number | null;
            /**
             * @description Degrees clockwise from true north: where the camera looks; of one that looks straight down, its top.
             * @default null
             */
            heading?: number | null;
            /**
             * @description Metres of the camera above the water.
             * @default null
             */
            height_m?: number | null;
            /**
             * @description Degrees of the camera's whole horizontal angle of view.
             * @default null
             */
            hfov?: number | null;
            /**
             * @description Degrees north of the camera.
             * @default null
             */
            latitude?: number | null;
            /**
             * @description Degrees east of the camera.
             * @default null
             */
            longitude?: number | null;
            /**
             * @description Name of the card of the network that tells water, oil, ships, land and glint apart, with those for labels.
             * @default sea-surface
             */
            network?: string;
            /**
             * @description Write pictures on the map as a small PNG too, with oil in its colours.
             * @default false
             */
            quicklook?: boolean;
            /**
             * @description CSV file with facts of the pictures: a column file (paths below the folder that is run), and columns named as the
             *     facts.
             * @default null
             */
            sidecar?: string | null;
            /**
             * @description Layouts of text burned into the pictures: names of those that are shipped, paths of TOML files, all, or none.
             * @default [
             *       "all"
             *     ]
             */
            templates?: string[];
        };
        /** @description One picture. */
        OilSpillResult: {
            /** @default {} */
            cover: {
                [key: string]: number;
            };
            /** @default null */
            georeference: components["schemas"]["Georeference"] | null;
            height: number;
            image_id: string;
            /** @default null */
            mask: components["schemas"]["MaskRle"] | null;
            /**
             * @default {
             *       "facts": {},
             *       "refused": [],
             *       "template": null
             *     }
             */
            metadata: components["schemas"]["Metadata"];
            /** @default null */
            no_position: string | null;
            /** @default null */
            refused: ("not_the_sea" | "not_optical") | null;
            /** @default [] */
            slicks: components["schemas"]["Slick"][];
            /** @default null */
            time: string | null;
            /** @enum {string} */
            verdict: "oil" | "unsure" | "no_oil";
            width: number;
        };
        /** @description What may be asked of an output. */
        OutputParameters: {
            /** @default null */
            binary_data?: boolean | null;
        };
        /** @description All that may be set. */
        PeopleOptions: {
            /**
             * @description Distance of looks within which two tracks may be one person; none: what suits how they are compared.
             * @default null
             */
            alike?: number | null;
            /**
             * @description How people are compared: colours (of clothes, without weights), or the name of the card of a network.
             * @default colours
             */
            appearance?: string;
            /**
             * @description Seconds of a chunk, which is done, kept and done again as a whole.
             * @default 10
             */
            chunk_s?: number;
            /**
             * @description Path of a CSV of what a person saw (person, action, from_ms, to_ms), to be compared with.
             * @default null
             */
            coding?: string | null;
            /**
             * @description Path of a file, JSON or TOML: the record of who has agreed to what. Expressions and keep need one.
             * @default null
             */
            consent?: string | null;
            /**
             * @description Path of a file, JSON or TOML, of what a person corrects: who is split, merged, renamed.
             * @default null
             */
            corrections?: string | null;
            /**
             * @description Name of the card of the network that finds people: any with a class person.
             * @default yolox-nano
             */
            detector?: string;
            /**
             * @description Looks a second at a person's face.
             * @default 2
             */
            expression_rate?: number;
            /**
             * @description Name of the card of the network that says what faces look like: off unless somebody asks for it.
             * @default null
             */
            expressions?: string | null;
            /**
             * @description Name of the card of the network that finds faces, or none: heads are then hidden by people's boxes alone.
             * @default ultraface-rfb-320
             */
            faces?: string | null;
            /**
             * @description Whether heads are hidden in the annotated video.
             * @default true
             */
            hide?: boolean;
            /**
             * @description Path of a file, JSON or TOML, of indicators that the report tells, in place of the usual five.
             * @default null
             */
            indicators?: string | null;
            /**
             * @description People whose heads are not hidden, by the number or the name that they have in the timeline, separated by
             *     commas; only those who have agreed by the record of consents.
             * @default []
             */
            keep?: string[];
            /**
             * @description Score of a box that may begin a track; fainter ones may go on with one.
             * @default 0.4
             */
            least_score?: number;
            /**
             * @description Pixels of the longer side to which larger pictures are scaled down before anything looks at them.
             * @default 1280
             */
            longest?: number;
            /**
             * @description Whether a job may show more of people than these options do: heads that are not hidden, a video where none is
             *     made, or one that is looked at less often.
             * @default false
             */
            may_show?: boolean;
            /**
             * @description What a job may choose as rate, at most, where rate itself is no higher: a chunk's pictures are in memory at
             *     once.
             * @default 10
             */
            most_rate?: number;
            /**
             * @description Name of the card of the network that finds joints, or none: then few actions can be told.
             * @default movenet-lightning
             */
            pose?: string | null;
            /**
             * @description Looks a second at a person's joints.
             * @default 1
             */
            pose_rate?: number;
            /**
             * @description Pictures a second that are looked at for people.
             * @default 5
             */
            rate?: number;
            /**
             * @description Whether somebody who leaves and comes back is one person, by looks.
             * @default true
             */
            reid?: boolean;
            /**
             * @description Days after which siseon people purge deletes the results, or none: never.
             * @default 7
             */
            retention?: number | null;
            /**
             * @description Whether people have their number beside their box in the annotated video.
             * @default true
             */
            show_id?: boolean;
            /**
             * @description bytetrack, botsort or ocsort, of the package trackers.
             * @default bytetrack
             * @enum {string}
             */
            tracker?: "bytetrack" | "botsort" | "ocsort";
            /**
             * @description The annotated video, an MP4: how it is coded, or none. The coder of h264 is under the GPL.
             * @default vp9
             * @enum {string}
             */
            video?: "vp9" | "h264" | "none";
        };
        /** @description A pipeline that is served. */
        PipelineInfo: {
            models: components["schemas"]["ModelRef"][];
            name: string;
            parameters: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            stages: string[];
        };
        /** @description A figure that was seen. */
        Point: {
            /**
             * Format: date-time
             * @description When its frame had come.
             */
            at: string;
            /** @enum {string} */
            quality: "good" | "uncertain" | "bad";
            reason: string | null;
            tag: string;
            unit: string | null;
            value: number | null;
        };
        /** @description A tracklet's joints at one moment. */
        Pose: {
            points: components["schemas"]["KeyPoint"][];
            t_ms: number;
        };
        /** @description What one picture shows. */
        Predicted: {
            degraded: string[];
            height: number;
            image_id: string;
            inference_time: number;
            models: components["schemas"]["ModelRef"][];
            results: components["schemas"]["Instrument"][];
            status: string;
            timings: components["schemas"]["StageTiming"][];
            trace_id: string;
            warnings: string[];
            width: number;
        };
        /** @description One picture of a batch: what it shows, or its failure. */
        PredictedOfMany: {
            error: components["schemas"]["Failure"] | null;
            filename: string;
            index: number;
            prediction: components["schemas"]["Predicted"] | null;
            success: boolean;
        };
        /** @description The body of every answer that is not a success. */
        Problem: {
            code: components["schemas"]["FailureCode"];
            detail: string;
            /** @description What to do about it. */
            hint: string | null;
            /** @description Whether the same request may succeed later. */
            retryable: boolean;
            /** @description The step of the pipeline it came from. */
            stage: string | null;
            status: number;
            title: string;
            trace_id: string | null;
            /** @description Where the code is explained. */
            type: string;
        };
        /** @description How far the job is. */
        Progress: {
            done: number;
            failed: number;
            /** @description Seconds to its end at that rate. */
            left_s: number | null;
            /** @description Items ended per second, of late. */
            rate_per_s: number | null;
            total: number;
        };
        /** @description A value that rises or falls by more than ``limit`` in a second, over a window. */
        RateRule: {
            /**
             * @description How far behind the limit a value must be, in units of it, to be back.
             * @default 0
             */
            deadband?: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "rate_of_change";
            /**
             * @description Whether it stays until somebody resets it, when values are back.
             * @default false
             */
            latch?: boolean;
            /** @description In units of the value per second. */
            limit: number;
            /**
             * @description Seconds over which values must be seen to be back before the alarm returns to normal.
             * @default 0
             */
            off_delay_s?: number;
            /**
             * @description Seconds over which values must be seen beyond the limit before the alarm is raised.
             * @default 0
             */
            on_delay_s?: number;
            /**
             * @default medium
             * @enum {string}
             */
            priority?: "low" | "medium" | "high" | "critical";
            /**
             * @description Seconds after which one that was acknowledged and is still there is to be acknowledged again.
             * @default null
             */
            re_alarm_s?: number | null;
            /** @description Which figure of the stream. */
            tag: string;
            /**
             * @description The change is that since the value of so many seconds ago.
             * @default 60
             */
            window_s?: number;
        };
        /** @description One instrument: its value, or why it is not read. */
        Reading: {
            /** @default null */
            dial: [
                number,
                number
            ][] | null;
            /** @default null */
            display: [
                number,
                number
            ][] | null;
            /**
             * @default analog
             * @enum {string}
             */
            kind: "analog" | "digital" | "counter";
            /** @default null */
            limit: ("low" | "high") | null;
            /** @default null */
            needle: components["schemas"]["Needle"] | null;
            /** @default null */
            places: number[] | null;
            /** @enum {string} */
            quality: "good" | "uncertain" | "refused";
            /** @default null */
            reason: ("no_dial" | "no_scale" | "glare" | "tilt_too_high" | "ambiguous_needle" | "blur" | "camera_moved" | "no_display" | "unclear" | "incomplete" | "between_digits" | "not_a_number" | "out_of_range" | "implausible") | null;
            /** @default null */
            scale: components["schemas"]["Scale"] | null;
            /** @default null */
            text: string | null;
            /** @default null */
            uncertainty: number | null;
            /** @default null */
            unit: string | null;
            /** @default null */
            value: number | null;
        };
        /** @description One picture as JSON states it. */
        Reference: {
            /**
             * @description The file, encoded.
             * @default null
             */
            base64?: string | null;
            /**
             * @description Becomes the image_id.
             * @default null
             */
            name?: string | null;
            /**
             * @description An http(s) address of a public server.
             * @default null
             */
            url?: string | null;
        };
        /** @description Something that was not done, or is not known, and why. */
        Refusal: {
            /** @default null */
            chunk: number | null;
            /** @default  */
            detail: string;
            /** @default [] */
            ids: number[];
            /** @enum {string} */
            reason: "failed" | "too_many" | "too_short" | "poor_picture" | "unsure" | "seen_together" | "too_fast" | "other_size" | "unknown_id" | "other_run" | "contradiction" | "no_consent";
            /** @enum {string} */
            what: "chunk" | "camera" | "tracklet" | "appearance" | "pose" | "face" | "expression" | "merge" | "correction";
        };
        /** @description A figure that was there and cannot be trusted, or was looked for and not found. */
        RefusedFact: {
            /** @default [] */
            candidates: number[];
            /** @default  */
            detail: string;
            /** @enum {string} */
            name: "time" | "latitude" | "longitude" | "altitude_m" | "height_m" | "platform_heading" | "platform_pitch" | "platform_roll" | "sensor_azimuth" | "sensor_elevation" | "sensor_roll" | "hfov" | "vfov" | "slant_range_m" | "target_latitude" | "target_longitude" | "target_elevation_m" | "target_width_m" | "sight_bearing" | "ellipsoid_height_m" | "corner_1_latitude" | "corner_1_longitude" | "corner_2_latitude" | "corner_2_longitude" | "corner_3_latitude" | "corner_3_longitude" | "corner_4_latitude" | "corner_4_longitude";
            /** @enum {string} */
            reason: "not_found" | "unreadable" | "out_of_range" | "contradicted" | "impossible_speed" | "unsure";
            /** @default [] */
            shares: number[];
            /** @enum {string} */
            source: "klv" | "exif" | "xmp" | "sidecar" | "overlay" | "stated" | "derived" | "interpolated";
            /** @default null */
            text: string | null;
        };
        /** @description What the newest requests of a pipeline show. */
        Report: {
            /** @description The stage that computes most per replica: the first that load would fill. */
            bottleneck: string | null;
            p50_ms: number;
            p95_ms: number;
            pipeline: string;
            requests: number;
            stages: components["schemas"]["StageReport"][];
        };
        /** @description What may be asked of a request; sequences, priorities and classification are not offered, so they are refused. */
        RequestParameters: {
            /** @default false */
            binary_data_output?: boolean;
            /** @default null */
            timeout?: number | null;
        };
        Result_ChunkSeen_: {
            data: components["schemas"]["ChunkSeen"];
            degraded: string[];
            elapsed_ms: number;
            models: components["schemas"]["ModelRef"][];
            timings: components["schemas"]["StageTiming"][];
            trace_id: string;
            warnings: string[];
        };
        Result_GaugesResult_: {
            data: components["schemas"]["GaugesResult"];
            degraded: string[];
            elapsed_ms: number;
            models: components["schemas"]["ModelRef"][];
            timings: components["schemas"]["StageTiming"][];
            trace_id: string;
            warnings: string[];
        };
        Result_InspectionResult_: {
            data: components["schemas"]["InspectionResult"];
            degraded: string[];
            elapsed_ms: number;
            models: components["schemas"]["ModelRef"][];
            timings: components["schemas"]["StageTiming"][];
            trace_id: string;
            warnings: string[];
        };
        Result_OilSpillResult_: {
            data: components["schemas"]["OilSpillResult"];
            degraded: string[];
            elapsed_ms: number;
            models: components["schemas"]["ModelRef"][];
            timings: components["schemas"]["StageTiming"][];
            trace_id: string;
            warnings: string[];
        };
        Result_TextResult_: {
            data: components["schemas"]["TextResult"];
            degraded: string[];
            elapsed_ms: number;
            models: components["schemas"]["ModelRef"][];
            timings: components["schemas"]["StageTiming"][];
            trace_id: string;
            warnings: string[];
        };
        Result_TranslationResult_: {
            data: components["schemas"]["TranslationResult"];
            degraded: string[];
            elapsed_ms: number;
            models: components["schemas"]["ModelRef"][];
            timings: components["schemas"]["StageTiming"][];
            trace_id: string;
            warnings: string[];
        };
        /** @description A frame's result. */
        ResultTold: {
            frame: components["schemas"]["FrameTold"];
            /**
             * @default result
             * @constant
             */
            kind: "result";
            result: components["schemas"]["AnyResult"];
            stream: string;
        };
        /** @description Small phonetic letters beside a line, which tell how it is pronounced. */
        Ruby: {
            polygon: [
                number,
                number
            ][];
            score: number;
            text: string | null;
        };
        /** @description What a failure code means to a client. */
        Rule: {
            code: components["schemas"]["FailureCode"];
            retryable: boolean;
            status: number;
        };
        /** @description The newest run over a folder. */
        RunInfo: {
            done: number;
            /** @description Path at which it is followed. */
            events: string;
            failed: number;
            /** @description Of the first pictures that failed. */
            failures: components["schemas"]["Failure"][];
            file_id: string;
            /** @description What to do where nothing goes on. */
            hint: string | null;
            job: string;
            left_s: number | null;
            /** @description Path of the archive of everything that was made. */
            results: string;
            state: components["schemas"]["siseon__jobs__wire__State"];
            steps: components["schemas"]["StepInfo"][];
            /** @description Pictures. */
            total: number;
            /** @description That take such jobs; while there are none, nothing goes on. */
            workers: number;
        };
        /** @description What was found in one image and done about it. */
        SafetyReport: {
            /** @enum {string} */
            action: "none" | "flag" | "blur" | "block";
            findings: components["schemas"]["Finding"][];
            nsfw_score: number | null;
        };
        /** @description The ends of a scale. */
        Scale: {
            maximum: number;
            minimum: number;
        };
        /** @description A mark of the scale. */
        ScalePoint: {
            at: [
                number,
                number
            ];
            value: number;
        };
        /** @description Where a tracklet was at one moment. */
        SeenBox: {
            box: components["schemas"]["Box"];
            id: number;
            score: number;
        };
        Similarity: [
            number,
            number,
            number,
            number
        ];
        /**
         * @description Of a job and of an item. The last three are ends; ``retry`` alone leads out of ``failed`` and ``cancelled``.
         *
         *     A job is ``done`` when all its items have ended and one of them is done: how many failed is told beside it. It is
         *     ``failed`` when none is done.
         * @enum {string}
         */
        siseon__jobs__wire__State: "queued" | "running" | "done" | "failed" | "cancelled";
        /**
         * @description How an alarm stands.
         * @enum {string}
         */
        siseon__streams__alarms__standing__State: "normal" | "unacknowledged" | "acknowledged" | "returned_unacknowledged" | "latched_unacknowledged" | "latched_acknowledged" | "shelved";
        /**
         * @description Where a stream is in its life.
         * @enum {string}
         */
        siseon__streams__life__State: "connecting" | "live" | "stale" | "lost" | "stopped";
        /** @description One connected piece of one class. */
        Slick: {
            /** @default null */
            area_m2: number | null;
            /** @default [] */
            holes: [
                number,
                number
            ][][];
            outline: [
                number,
                number
            ][];
            pixels: number;
            /** @default null */
            rings: [
                number,
                number
            ][][] | null;
            score: number;
            /** @enum {string} */
            sea_class: "sea" | "sheen" | "rainbow" | "metallic" | "discontinuous" | "true_colour" | "emulsion" | "ship" | "land" | "glint";
            /** @default null */
            volume_l: [
                number,
                number | null
            ] | null;
        };
        /** @description What came of it. */
        SourceSeen: {
            /** @description Without what is secret in it. */
            address: string;
            /** @description Of a failure. */
            cause: components["schemas"]["Cause"] | null;
            height: number | null;
            /** @default  */
            hint: string;
            /**
             * @description The cause in words.
             * @default
             */
            message: string;
            /** @description Its first picture: JPEG in base64, at most 640 pixels across and down. */
            picture: string | null;
            /** @description That it took. */
            seconds: number;
            /** @enum {string} */
            state: "live" | "failed";
            /** @description Pixels of its pictures; None where none came. */
            width: number | null;
        };
        Span: [
            number,
            number
        ];
        /** @description What one batch did for the request, or a step of its own; times in milliseconds from the request's start. */
        SpanInfo: {
            /** @description Items of all requests; 0: they were dropped. */
            batch_size: number;
            /** @description Time of the whole batch, after the wait. */
            compute_ms: number;
            /** @description Of this request. */
            items: number;
            /** @description ``batch`` or ``step``. */
            kind: string;
            /** @description Traces that are kept of other requests in the same batch. */
            mates: string[];
            max_batch: number;
            outcome: string;
            parts_ms: {
                [key: string]: number;
            };
            /** @description Wait for the batch, from ``start_ms`` on. */
            queue_ms: number;
            replica: number;
            stage: string;
            start_ms: number;
        };
        /** @description One stage over the requests that are kept as the newest. */
        StageReport: {
            batch_size: number;
            compute_p50_ms: number;
            compute_p95_ms: number;
            items: number;
            queue_p50_ms: number;
            queue_p95_ms: number;
            replicas: number;
            /** @description Of all computing, in [0, 1]. */
            share: number;
            stage: string;
        };
        /** @description What one stage did for one request. */
        StageTiming: {
            batch_size_mean: number;
            calls: number;
            compute_ms: number;
            items: number;
            parts_ms: {
                [key: string]: number;
            };
            queue_ms: number;
            stage: string;
        };
        /** @description No good value for so long: refused readings and uncertain ones are none, nor is a camera that is lost. */
        StaleRule: {
            after_s: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "stale";
            /**
             * @description Whether it stays until somebody resets it, when values are back.
             * @default false
             */
            latch?: boolean;
            /**
             * @description Seconds over which values must be seen to be back before the alarm returns to normal.
             * @default 0
             */
            off_delay_s?: number;
            /**
             * @default medium
             * @enum {string}
             */
            priority?: "low" | "medium" | "high" | "critical";
            /**
             * @description Seconds after which one that was acknowledged and is still there is to be acknowledged again.
             * @default null
             */
            re_alarm_s?: number | null;
            /** @description Which figure of the stream. */
            tag: string;
        };
        /**
         * @description Where a stream is in its life.
         * @enum {string}
         */
        State: "connecting" | "live" | "stale" | "lost" | "stopped";
        /** @description The stream came into a state. */
        StateTold: {
            /** Format: date-time */
            at: string;
            cause: components["schemas"]["Cause"] | null;
            hint: string;
            /**
             * @default state
             * @constant
             */
            kind: "state";
            message: string;
            retry_s: number | null;
            state: components["schemas"]["State"];
            stream: string;
        };
        /** @description What a model, or a pipeline as a whole, has done since the start of the service; times in milliseconds. */
        Stats: {
            max_inference_time_ms: number;
            mean_inference_time_ms: number;
            min_inference_time_ms: number;
            model_name: string;
            p50_inference_time_ms: number;
            p95_inference_time_ms: number;
            p99_inference_time_ms: number;
            resident_bytes: number;
            /** @description Items over the time of their calls, in items per second. */
            throughput: number;
            total_inferences: number;
            total_items: number;
        };
        /** @description One step at one moment. It is over when ``done`` is ``total``. */
        Step: {
            done: number;
            /** @description ``tracker``, say. */
            name: string;
            /**
             * @description Of work until now.
             * @default 0
             */
            seconds: number;
            /**
             * @description None: nobody knows yet.
             * @default null
             */
            total: number | null;
            /** @description Of both, in the plural: ``frames``. */
            unit: string;
        };
        /** @description One of the four steps. */
        StepInfo: {
            /** @description Pictures that it is done with. */
            done: number;
            /** @description Per picture, of the first ones; None before there is one. */
            mean_ms: number | null;
            name: string;
            total: number;
        };
        /** @description What is to be changed of a stream; the rest stays. */
        StreamChange: {
            /** @default null */
            application?: string | null;
            /** @description Those that are named, each as a whole. */
            options?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * @default null
             * @example rtsp://USER:PASSWORD@192.168.1.20/sub
             */
            source?: string | null;
        };
        StreamEvent: components["schemas"]["StateTold"] | components["schemas"]["ResultTold"] | components["schemas"]["FailureTold"] | components["schemas"]["MissedTold"];
        /** @description Counts since this process runs the stream, and rates over the last ten seconds. */
        StreamFigures: {
            answered: number;
            failed: number;
            frames: number;
            /** @description Within the rate that is asked for. */
            frames_per_s: number;
            /** @description From a frame's coming to its result, median. */
            latency_ms: number | null;
            latency_p95_ms: number | null;
            /** @description Sessions with the source that ended, or could not begin. */
            losses: number;
            results_per_s: number;
            /** @description Beyond the rate that is asked for. */
            skipped: number;
            /** @description A newer one came before they were taken, or while they waited. */
            superseded: number;
        };
        /** @description A stream, as it is kept and as it stands. */
        StreamInfo: {
            /** @description User, password, and what may be secret behind the path shown as ``***``. */
            address: string;
            application: string;
            /** @description By a calibration that is kept with it, or by the file that ``set`` names. */
            calibrated: boolean;
            /** Format: date-time */
            created_at: string;
            /** @description None where it does not run here. */
            figures: components["schemas"]["StreamFigures"] | null;
            /** @description Whether the service that answers runs it: else its ``state`` is what another one has told, if one runs it. */
            here: boolean;
            name: string;
            /** @description Of the webhook without its path, which may be a secret. */
            options: components["schemas"]["KeptOptions"];
            /** @description None: nobody runs it yet. */
            state: components["schemas"]["StateTold"] | null;
            /** @description What it measured last; None: nothing, or not here. It is of that moment, whatever the state is now. */
            values: components["schemas"]["StreamValues"] | null;
            /**
             * @description What is accepted and may not be what is meant: alarms on tags of which no figure has come while others have.
             * @default []
             */
            warnings: string[];
        };
        /** @description A stream to be kept and run. */
        StreamRequest: {
            /** @description One that this service serves. */
            application: string;
            /** @description Letters, digits, ``-`` and ``_``. */
            name: string;
            /**
             * @default {
             *       "alarms": [],
             *       "clips": {
             *         "after_s": 10,
             *         "before_s": 0,
             *         "fps": 5,
             *         "on_alarm": false,
             *         "width": 640
             *       },
             *       "fps": null,
             *       "history": {
             *         "days": 30,
             *         "deadband": 0,
             *         "every_s": 60,
             *         "rows": 1000000
             *       },
             *       "modbus": {},
             *       "set": {},
             *       "timeout_s": 5,
             *       "transport": "tcp",
             *       "webhook": null
             *     }
             */
            options?: components["schemas"]["KeptOptions"];
            /**
             * @description ``rtsp://`` or ``http(s)://`` with user and password, which no answer tells; or a video file below the folder
             *     that the service's owner has opened.
             * @example rtsp://USER:PASSWORD@192.168.1.20/sub
             */
            source: string;
        };
        /** @description The figures of a stream's newest result. */
        StreamValues: {
            /**
             * Format: date-time
             * @description When its frame had come, UTC.
             */
            at: string;
            figures: components["schemas"]["Measurement"][];
        };
        /** @description How a text is set. None leaves it to the renderer, which measures the original. */
        Style: {
            /** @default null */
            align: ("left" | "center" | "right") | null;
            /** @default null */
            bold: boolean | null;
            /** @default null */
            ink: [
                number,
                number,
                number
            ] | null;
            /** @default null */
            outline: [
                number,
                number,
                number
            ] | null;
            /** @default null */
            size: number | null;
        };
        /** @description All that may be set. */
        TextOptions: {
            /**
             * @description Name of a card with the `db` decoder.
             * @default ppocr-v6-det
             */
            detector?: string;
            /**
             * @description Times that a small picture is scaled up at most: beyond, nothing more is read.
             * @default 4
             */
            max_enlargement?: number;
            /**
             * @description Pixels that no side exceeds for the detector, so that a strip is not scaled up to more than any page; lines are
             *     read at full size.
             * @default 2000
             */
            max_side?: number;
            /**
             * @description Lines below are returned as unread, without a guess.
             * @default 0.65
             */
            min_score?: number;
            /**
             * @description `ppocr-v2-orientation` turns upside-down lines.
             * @default null
             */
            orientation?: string | null;
            /**
             * @description Tesseract's language packs that read lines in scripts that the recogniser does not know: `auto` takes those that
             *     are installed, with `siseon[tesseract]`; `kor,rus` takes these, and does not start without them; `none` none.
             * @default [
             *       "auto"
             *     ]
             */
            other_scripts?: string[];
            /**
             * @description Name of a card with the `ctc` decoder.
             * @default ppocr-v6-rec
             */
            recognizer?: string;
            /**
             * @description Pixels to which the short side of smaller pictures is scaled up for the detector; its authors run it with 736,
             *     less is faster and loses small print.
             * @default 736
             */
            short_side?: number;
        };
        /** @description Lines that belong together: a balloon, a sign, a paragraph; translated as one text. */
        TextRegion: {
            /** @default null */
            language: string | null;
            lines: components["schemas"]["Line"][];
            polygon: [
                number,
                number
            ][];
            score: number;
            /** @enum {string} */
            script: "latin" | "han" | "japanese" | "hangul" | "cyrillic" | "greek" | "thai" | "devanagari" | "arabic" | "other";
            /**
             * @default {
             *       "align": null,
             *       "bold": null,
             *       "ink": null,
             *       "outline": null,
             *       "size": null
             *     }
             */
            style: components["schemas"]["Style"];
            text: string;
            /** @default null */
            translated: string | null;
            /** @default false */
            vertical: boolean;
            /** @default null */
            why_not: ("untranslated" | "same_language" | "missing" | "echo" | "wrong_script" | "runaway" | "markup" | "no_words" | "unsure" | "no_font" | "does_not_fit" | "failed") | null;
        };
        /** @description The text of one picture, in reading order. */
        TextResult: {
            height: number;
            image_id: string;
            lines: components["schemas"]["Line"][];
            scripts: string[];
            unread: components["schemas"]["UnreadLine"][];
            width: number;
        };
        /** @description What goes behind ``?ticket=``. */
        Ticket: {
            /** Format: date-time */
            expires_at: string;
            ticket: string;
        };
        /** @description A request with its spans in the order in which they began. */
        TraceDetail: {
            elapsed_ms: number;
            /** @description Why it is kept. */
            kinds: ("failed" | "slow" | "recent")[];
            /** @description ``ok`` or the code of its failure. */
            outcome: string;
            pipeline: string;
            /** @description The stage or step that took most of its time, with the wait for it. */
            slowest: string | null;
            /** @description Its own, where a caller has sent several requests in one trace. */
            span_id: string;
            spans: components["schemas"]["SpanInfo"][];
            /** Format: date-time */
            started: string;
            trace_id: string;
            /** @description Part of it before it was its turn. */
            waited_ms: number;
        };
        /** @description A request that has ended. */
        TraceInfo: {
            elapsed_ms: number;
            /** @description Why it is kept. */
            kinds: ("failed" | "slow" | "recent")[];
            /** @description ``ok`` or the code of its failure. */
            outcome: string;
            pipeline: string;
            /** @description The stage or step that took most of its time, with the wait for it. */
            slowest: string | null;
            /** @description Its own, where a caller has sent several requests in one trace. */
            span_id: string;
            /** Format: date-time */
            started: string;
            trace_id: string;
            /** @description Part of it before it was its turn. */
            waited_ms: number;
        };
        /** @description One person within one chunk, as its tracker held it. */
        Tracklet: {
            /** @default null */
            appearance: components["schemas"]["Appearance"] | null;
            id: number;
            /** @default [] */
            poses: components["schemas"]["Pose"][];
        };
        /** @description All that may be set. */
        TranslationOptions: {
            /**
             * @description Folder of unpacked .argosmodel files.
             * @default null
             */
            argos_packages?: string | null;
            /**
             * @description How noise is taken out of what is painted over from; non-local means is much slower.
             * @default bilateral
             * @enum {string}
             */
            denoise?: "none" | "bilateral" | "non-local-means";
            /**
             * @description Name of a card with the `db` decoder.
             * @default ppocr-v6-det
             */
            detector?: string;
            /**
             * @description A JSON file that an earlier run wrote beside its picture, changed by hand, or a folder of such files: a picture
             *     that has one is rendered as it says, and neither read nor translated.
             * @default null
             */
            edits?: string | null;
            /**
             * @description Texts and words with their renderings: a JSON file, or a table in siseon.toml.
             * @default {}
             */
            glossary?: {
                [key: string]: string;
            };
            /**
             * @description How letters on photos and patterns are painted over; plain grounds are filled. A network needs an inpainter.
             * @default telea
             * @enum {string}
             */
            inpaint?: "telea" | "navier-stokes" | "patches" | "network";
            /**
             * @description Name of the card of a network that paints, LaMa say; it is loaded at the start.
             * @default null
             */
            inpainter?: string | null;
            /**
             * @description Times that a small picture is scaled up at most: beyond, nothing more is read.
             * @default 4
             */
            max_enlargement?: number;
            /**
             * @description Pixels that no side exceeds for the detector, so that a strip is not scaled up to more than any page; lines are
             *     read at full size.
             * @default 2000
             */
            max_side?: number;
            /**
             * @description Lines below are returned as unread, without a guess.
             * @default 0.65
             */
            min_score?: number;
            /**
             * @description `ppocr-v2-orientation` turns upside-down lines.
             * @default null
             */
            orientation?: string | null;
            /**
             * @description Tesseract's language packs that read lines in scripts that the recogniser does not know: `auto` takes those that
             *     are installed, with `siseon[tesseract]`; `kor,rus` takes these, and does not start without them; `none` none.
             * @default [
             *       "auto"
             *     ]
             */
            other_scripts?: string[];
            /**
             * @description Name of a card with the `ctc` decoder.
             * @default ppocr-v6-rec
             */
            recognizer?: string;
            /**
             * @description Whether panels and columns are read from the right; auto: where most text is vertical.
             * @default auto
             * @enum {string}
             */
            right_to_left?: "auto" | "yes" | "no";
            /**
             * @description Pixels to which the short side of smaller pictures is scaled up for the detector; its authors run it with 736,
             *     less is faster and loses small print.
             * @default 736
             */
            short_side?: number;
            /**
             * @description Language of the texts in its script; the letters of other scripts tell theirs (kana: Japanese).
             * @default en
             */
            source?: string;
            /**
             * @description Language to translate into, by its ISO 639-1 code.
             * @default en
             */
            target?: string;
            /**
             * @description Terms and their renderings, ORIGINAL=RENDERING, before those of the glossary.
             * @default []
             */
            terms?: string[];
            /**
             * @description Who translates: Apertium, as far as it and the pair are installed; packages of Argos; a chat endpoint of OpenAI's
             *     form; an endpoint of DeepL's form; or the glossary alone.
             * @default apertium
             * @enum {string}
             */
            translator?: "apertium" | "argos" | "chat" | "deepl" | "none";
            /**
             * @description Calls of the endpoint at the same time.
             * @default 4
             */
            translator_at_once?: number;
            /**
             * @description Its key; better in siseon.toml or SISEON_PIPELINES than on a command line, which others can see.
             * @default null
             */
            translator_key?: string | null;
            /**
             * @description Name of the chat endpoint's model.
             * @default
             */
            translator_model?: string;
            /**
             * @description Calls of the endpoint in a minute.
             * @default null
             */
            translator_per_minute?: number | null;
            /**
             * @description Seconds that one call of the endpoint may take.
             * @default 30
             */
            translator_timeout_s?: number;
            /**
             * @description Address of the endpoint: http://127.0.0.1:11434/v1/chat/completions, https://api-free.deepl.com/v2/translate.
             * @default null
             */
            translator_url?: string | null;
        };
        /** @description One picture, translated as far as it could be. */
        TranslationResult: {
            /** @enum {string} */
            bucket: "short" | "long";
            height: number;
            image_id: string;
            regions: components["schemas"]["TextRegion"][];
            target: string;
            translator: string | null;
            unread: components["schemas"]["UnreadLine"][];
            width: number;
        };
        /** @description Why an attempt failed, and when the next one follows. */
        TriedAgain: {
            after_s: number;
            failure: components["schemas"]["Failure"];
        };
        /** @description A place where text seems to stand that could not be read with confidence. Its text is not guessed. */
        UnreadLine: {
            polygon: [
                number,
                number
            ][];
            /** @enum {string} */
            reason: "low_confidence" | "unknown_script" | "ambiguous_script";
            score: number;
        };
        /** @description What was queued. */
        Waiting: {
            items: number;
        };
        /** @description One output that the client wants. */
        WantedOutput: {
            name: string;
            /**
             * @default {
             *       "binary_data": null
             *     }
             */
            parameters?: components["schemas"]["OutputParameters"];
        };
        /** @description What became of a job's webhook. */
        WebhookStanding: {
            delivered_at: string | null;
            /** @description When it is sent next. */
            due_at: string | null;
            /** @description What the last try met. */
            failure: string | null;
            state: components["schemas"]["HookState"];
            /** @description One that is under way included. */
            tries: number;
        };
        /**
         * @description Pixels across, and down, at most: a few sizes, so that viewers share pictures.
         * @enum {integer}
         */
        Width: 160 | 320 | 640 | 1280;
    };
    responses: {
        /** @description The request cannot be used: not a picture, damaged, an unknown parameter. */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The token is missing or wrong. */
        Problem401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A page of another site asks, of a service without a token. */
        Problem403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such thing. */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The client takes none of the forms that there are. */
        Problem406: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The model is at work, is not loaded, or is there already; the job has not ended; its key was used. */
        Problem409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The picture is too large. */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A safety check keeps the picture back, or the model cannot be loaded or run. */
        Problem422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A stage failed: a fault of ours or of the weights. */
        Problem500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A URL, or the weights' server, did not answer. */
        Problem502: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Overloaded or shutting down: try again after `Retry-After`. */
        Problem503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The deadline passed. */
        Problem504: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The disk is full. */
        Problem507: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    earlier_add_stream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    fps?: number | null;
                    name: string;
                    url: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    detect: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DetectAnswer"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    detect_batch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    urls: string[];
                };
                "multipart/form-data": {
                    files: Blob[];
                };
            };
        };
        responses: {
            /** @description One entry a picture: its result, or its failure. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchLine_InspectionResult_"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    earlier_get_image: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a folder of pictures. */
                file_id: string;
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": Blob;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    earlier_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Healthy"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Healthy"];
                };
            };
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    show_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    earlier_list_models: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelInfo"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    earlier_get_model: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    earlier_stats: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    earlier_predict: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reference"];
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Predicted"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    earlier_predict_batch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    items: components["schemas"]["Reference"][];
                    urls?: string[];
                };
                "multipart/form-data": {
                    files: Blob[];
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    earlier_predict_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The file, in base64, perhaps as a data: URL. */
                    image?: string | null;
                    /** @description Becomes the image_id. */
                    name?: string | null;
                    /** @description An http(s) address of a public server. */
                    url?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Predicted"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Starting or draining, or without the database of jobs where there is nothing else. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    earlier_get_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a folder of pictures. */
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    earlier_run_script: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a folder of pictures. */
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    list_alarms: {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
                state?: components["schemas"]["siseon__streams__alarms__standing__State"][] | null;
                stream?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmTold"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    acknowledge_alarm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The name that the log tells. */
                    by: string;
                    /** @description What is to be told beside it. */
                    note?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmTold"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    reset_alarm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The name that the log tells. */
                    by: string;
                    /** @description What is to be told beside it. */
                    note?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmTold"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    shelve_alarm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The name that the log tells. */
                    by: string;
                    /** @description What is to be told beside it. */
                    note?: string | null;
                    seconds: number;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmTold"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    unshelve_alarm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The name that the log tells. */
                    by: string;
                    /** @description What is to be told beside it. */
                    note?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmTold"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    list_alarm_events: {
        parameters: {
            query?: {
                after?: number | null;
                limit?: number;
                stream?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmEvent"][];
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_artifact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": Blob;
                };
            };
            /** @description The part that `Range` asks for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": Blob;
                };
            };
            /** @description What the client has is the same (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            /** @description `Range` asks for what is not in it. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    failures: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rule"][];
                };
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                application?: string | null;
                before?: string | null;
                limit?: number;
                state?: components["schemas"]["siseon__jobs__wire__State"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobInfo"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    submit_job: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobRequest"];
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @description Path of a CSV of what a person saw (person, action, from_ms, to_ms), to be compared with.
                     */
                    coding?: Blob;
                    /**
                     * Format: binary
                     * @description Path of a file, JSON or TOML: the record of who has agreed to what. Expressions and keep need one.
                     */
                    consent?: Blob;
                    /**
                     * Format: binary
                     * @description Path of a file, JSON or TOML, of what a person corrects: who is split, merged, renamed.
                     */
                    corrections?: Blob;
                    /** @description Pictures and videos. */
                    files?: Blob[];
                    /**
                     * Format: binary
                     * @description Path of a file, JSON or TOML, of indicators that the report tells, in place of the usual five.
                     */
                    indicators?: Blob;
                    job: components["schemas"]["JobRequest"];
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    remove_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    cancel_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_conclusion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConclusionInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_conclusion_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": Blob;
                };
            };
            /** @description The part that `Range` asks for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": Blob;
                };
            };
            /** @description What the client has is the same (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            /** @description `Range` asks for what is not in it. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    follow_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description The job has ended, and its last event was seen. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_job_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
                option: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": Blob;
                };
            };
            /** @description The part that `Range` asks for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": Blob;
                };
            };
            /** @description What the client has is the same (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            /** @description `Range` asks for what is not in it. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    put_job_file: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the file that is changed: where another one stands there by now, nothing is done (`superseded`). */
                "If-Match"?: string;
                /** @description `*`: only where there is none yet. */
                "If-None-Match"?: string;
            };
            path: {
                job: string;
                option: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Blob;
                "application/toml": Blob;
                "text/csv": Blob;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    remove_job_file: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the file that is changed: where another one stands there by now, nothing is done (`superseded`). */
                "If-Match"?: string;
                /** @description `*`: only where there is none yet. */
                "If-None-Match"?: string;
            };
            path: {
                job: string;
                option: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    list_job_items: {
        parameters: {
            query?: {
                after?: number;
                limit?: number;
                state?: components["schemas"]["siseon__jobs__wire__State"] | null;
            };
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemInfo"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    put_job_edit: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the result that was changed (also the `revision` of the item): an edit of what somebody else has changed meanwhile is refused as `superseded`. */
                "If-Match": string;
            };
            path: {
                job: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    remove_job_edit: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the result that was changed (also the `revision` of the item): an edit of what somebody else has changed meanwhile is refused as `superseded`. */
                "If-Match": string;
            };
            path: {
                job: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_job_picture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": Blob;
                };
            };
            /** @description The part that `Range` asks for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": Blob;
                };
            };
            /** @description What the client has is the same (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            /** @description `Range` asks for what is not in it. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_job_result: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnyResult"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_job_results: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": Blob;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    retry_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    items?: number[] | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    list_models: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelInfo"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    register_model: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    card?: Blob;
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_model: {
        parameters: {
            query?: {
                version?: string | null;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    delete_model: {
        parameters: {
            query?: {
                version?: string | null;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    load_model: {
        parameters: {
            query?: {
                version?: string | null;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Body_load_model"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    unload_model: {
        parameters: {
            query?: {
                version?: string | null;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gone"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    list_versions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelInfo"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_model_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                version: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    delete_model_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                version: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    load_model_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                version: string | null;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Body_load_model_version"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    unload_model_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                version: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gone"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    warm_up_model_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                version: string | null;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Body_warm_up_model_version"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    warm_up_model: {
        parameters: {
            query?: {
                version?: string | null;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Body_warm_up_model"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    list_pipelines: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineInfo"][];
                };
            };
        };
    };
    run_gauges: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reference"];
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Result_GaugesResult_"];
                    "image/jpeg": Blob;
                    "image/png": Blob;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    change_gauges: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GaugesOptions"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    run_gauges_batch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    items: components["schemas"]["Reference"][];
                    urls?: string[];
                };
                "multipart/form-data": {
                    files: Blob[];
                };
            };
        };
        responses: {
            /** @description One JSON object a line; with Accept: application/json an array in input order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchLine_GaugesResult_"][];
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    run_inspection: {
        parameters: {
            query?: {
                /** @description Names of the detector's classes to keep; none named keeps all. */
                classes?: string[];
                /** @description Whether to name each detection. */
                classify?: boolean;
                /** @description Least score at which a name is given; below, the object is called `uncertain`. */
                classify_min_score?: number;
                /** @description Keep this many of the best detections. */
                max_objects?: number | null;
                /** @description Detections below are left out, on top of the pipeline's `score_threshold`. */
                min_score?: number;
                /** @description More than 1 lists that many of the best classes beside the name, whatever their scores. */
                top_k?: number;
                /** @description Detector's classes that the classifier is not asked about: ImageNet, for one, has no class for people. */
                unclassified?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reference"];
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Result_InspectionResult_"];
                    "image/jpeg": Blob;
                    "image/png": Blob;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    change_inspection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InspectionOptions"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    run_inspection_batch: {
        parameters: {
            query?: {
                /** @description Names of the detector's classes to keep; none named keeps all. */
                classes?: string[];
                /** @description Whether to name each detection. */
                classify?: boolean;
                /** @description Least score at which a name is given; below, the object is called `uncertain`. */
                classify_min_score?: number;
                /** @description Keep this many of the best detections. */
                max_objects?: number | null;
                /** @description Detections below are left out, on top of the pipeline's `score_threshold`. */
                min_score?: number;
                /** @description More than 1 lists that many of the best classes beside the name, whatever their scores. */
                top_k?: number;
                /** @description Detector's classes that the classifier is not asked about: ImageNet, for one, has no class for people. */
                unclassified?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    items: components["schemas"]["Reference"][];
                    urls?: string[];
                };
                "multipart/form-data": {
                    files: Blob[];
                };
            };
        };
        responses: {
            /** @description One JSON object a line; with Accept: application/json an array in input order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchLine_InspectionResult_"][];
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    run_oilspill: {
        parameters: {
            query?: {
                /** @description Degrees below level that the camera looks; 90 is straight down. */
                depression?: number | null;
                /** @description Degrees clockwise from true north: where the camera looks; of one that looks straight down, its top. */
                heading?: number | null;
                /** @description Metres of the camera above the water. */
                height_m?: number | null;
                /** @description Degrees of the camera's whole horizontal angle of view. */
                hfov?: number | null;
                /** @description Degrees north of the camera. */
                latitude?: number | null;
                /** @description Degrees east of the camera. */
                longitude?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reference"];
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Result_OilSpillResult_"];
                    "image/jpeg": Blob;
                    "image/png": Blob;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    change_oilspill: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OilSpillOptions"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    run_oilspill_batch: {
        parameters: {
            query?: {
                /** @description Degrees below level that the camera looks; 90 is straight down. */
                depression?: number | null;
                /** @description Degrees clockwise from true north: where the camera looks; of one that looks straight down, its top. */
                heading?: number | null;
                /** @description Metres of the camera above the water. */
                height_m?: number | null;
                /** @description Degrees of the camera's whole horizontal angle of view. */
                hfov?: number | null;
                /** @description Degrees north of the camera. */
                latitude?: number | null;
                /** @description Degrees east of the camera. */
                longitude?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    items: components["schemas"]["Reference"][];
                    urls?: string[];
                };
                "multipart/form-data": {
                    files: Blob[];
                };
            };
        };
        responses: {
            /** @description One JSON object a line; with Accept: application/json an array in input order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchLine_OilSpillResult_"][];
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    run_people: {
        parameters: {
            query?: {
                /** @description Whether heads are hidden in the annotated video. */
                hide?: boolean;
                /** @description Pictures a second that are looked at for people. */
                rate?: number;
                /** @description Whether people have their number beside their box in the annotated video. */
                show_id?: boolean;
                /** @description The annotated video, an MP4: how it is coded, or none. The coder of h264 is under the GPL. */
                video?: "vp9" | "h264" | "none";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reference"];
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Result_ChunkSeen_"];
                    "image/jpeg": Blob;
                    "image/png": Blob;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    change_people: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PeopleOptions"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    run_people_batch: {
        parameters: {
            query?: {
                /** @description Whether heads are hidden in the annotated video. */
                hide?: boolean;
                /** @description Pictures a second that are looked at for people. */
                rate?: number;
                /** @description Whether people have their number beside their box in the annotated video. */
                show_id?: boolean;
                /** @description The annotated video, an MP4: how it is coded, or none. The coder of h264 is under the GPL. */
                video?: "vp9" | "h264" | "none";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    items: components["schemas"]["Reference"][];
                    urls?: string[];
                };
                "multipart/form-data": {
                    files: Blob[];
                };
            };
        };
        responses: {
            /** @description One JSON object a line; with Accept: application/json an array in input order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchLine_ChunkSeen_"][];
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    run_text: {
        parameters: {
            query?: {
                /** @description Lines below are returned as unread, without a guess. */
                min_score?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reference"];
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Result_TextResult_"];
                    "image/jpeg": Blob;
                    "image/png": Blob;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    change_text: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TextOptions"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    run_text_batch: {
        parameters: {
            query?: {
                /** @description Lines below are returned as unread, without a guess. */
                min_score?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    items: components["schemas"]["Reference"][];
                    urls?: string[];
                };
                "multipart/form-data": {
                    files: Blob[];
                };
            };
        };
        responses: {
            /** @description One JSON object a line; with Accept: application/json an array in input order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchLine_TextResult_"][];
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    run_translation: {
        parameters: {
            query?: {
                /** @description How noise is taken out of what is painted over from; non-local means is much slower. */
                denoise?: "none" | "bilateral" | "non-local-means";
                /** @description How letters on photos and patterns are painted over; plain grounds are filled. A network needs an inpainter. */
                inpaint?: "telea" | "navier-stokes" | "patches" | "network";
                /** @description Lines below are returned as unread, without a guess. */
                min_score?: number;
                /** @description Whether panels and columns are read from the right; auto: where most text is vertical. */
                right_to_left?: "auto" | "yes" | "no";
                /** @description Language of the texts in its script; the letters of other scripts tell theirs (kana: Japanese). */
                source?: string;
                /** @description Language to translate into, by its ISO 639-1 code. */
                target?: string;
                /** @description Terms and their renderings, ORIGINAL=RENDERING, before those of the glossary. */
                terms?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reference"];
                "image/jpeg": Blob;
                "image/png": Blob;
                "image/webp": Blob;
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Result_TranslationResult_"];
                    "image/jpeg": Blob;
                    "image/png": Blob;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    change_translation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TranslationOptions"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    run_translation_batch: {
        parameters: {
            query?: {
                /** @description How noise is taken out of what is painted over from; non-local means is much slower. */
                denoise?: "none" | "bilateral" | "non-local-means";
                /** @description How letters on photos and patterns are painted over; plain grounds are filled. A network needs an inpainter. */
                inpaint?: "telea" | "navier-stokes" | "patches" | "network";
                /** @description Lines below are returned as unread, without a guess. */
                min_score?: number;
                /** @description Whether panels and columns are read from the right; auto: where most text is vertical. */
                right_to_left?: "auto" | "yes" | "no";
                /** @description Language of the texts in its script; the letters of other scripts tell theirs (kana: Japanese). */
                source?: string;
                /** @description Language to translate into, by its ISO 639-1 code. */
                target?: string;
                /** @description Terms and their renderings, ORIGINAL=RENDERING, before those of the glossary. */
                terms?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    items: components["schemas"]["Reference"][];
                    urls?: string[];
                };
                "multipart/form-data": {
                    files: Blob[];
                };
            };
        };
        responses: {
            /** @description One JSON object a line; with Accept: application/json an array in input order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchLine_TranslationResult_"][];
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    list_streams: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamInfo"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    add_stream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StreamRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_stream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    remove_stream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    change_stream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StreamChange"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_calibration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalibrationInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    calibrate: {
        parameters: {
            query?: {
                /** @description The picture that later ones are laid on, so that a camera that was moved is noticed or made up for: that of this moment, or none for a camera that stands still. */
                reference?: "now" | "none";
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Calibration"] | components["schemas"]["DisplayCalibration"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalibrationInfo"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    forget_calibration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_calibrated_picture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    preview_calibration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Calibration"] | components["schemas"]["DisplayCalibration"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalibrationPreview"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    propose_calibration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description A point in the dial that is meant; None: the largest. */
                    centre?: [
                        number,
                        number
                    ] | null;
                    /** @description Of the scale that is meant, where a dial has several. */
                    unit?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalibrationProposal"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    list_clips: {
        parameters: {
            query?: {
                before?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Clip"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    take_clip: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Seconds after it; by its options, when not given. */
                    after_s?: number | null;
                    /** @description Seconds before now, of those that the stream holds; by its options, when not given. */
                    before_s?: number | null;
                    /**
                     * @description Kept with it.
                     * @default
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Clip"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_clip: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clip: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Clip"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    remove_clip: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clip: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_clip_video: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clip: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/webm": Blob;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    follow_stream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_history: {
        parameters: {
            query?: {
                after?: string | null;
                format?: "json" | "csv";
                from?: string | null;
                limit?: number | null;
                tag?: string[] | null;
                to?: string | null;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryPage"];
                    "text/csv": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_snapshot: {
        parameters: {
            query?: {
                drawn?: boolean;
                format?: "jpeg" | "png";
                max_age?: number;
                width?: components["schemas"]["Width"] | null;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/png": Blob;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_video: {
        parameters: {
            query?: {
                drawn?: boolean;
                fps?: components["schemas"]["Fps"];
                width?: components["schemas"]["Width"] | null;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "multipart/x-mixed-replace": Blob;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    test_source: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example rtsp://USER:PASSWORD@192.168.1.20/sub */
                    source: string;
                    /**
                     * @default tcp
                     * @enum {string}
                     */
                    transport?: "tcp" | "udp";
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceSeen"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    issue_ticket: {
        parameters: {
            query?: {
                job?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    list_traces: {
        parameters: {
            query?: {
                /** @description Those that are kept for this. */
                kind?: ("failed" | "slow" | "recent") | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceInfo"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    get_trace: {
        parameters: {
            query?: {
                /** @description Of several requests in one trace; without it the newest. */
                span_id?: string | null;
            };
            header?: never;
            path: {
                trace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceDetail"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    one_for_perfetto: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                trace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        displayTimeUnit?: string;
                        traceEvents: Record<string, never>[];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    all_for_perfetto: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        displayTimeUnit?: string;
                        traceEvents: Record<string, never>[];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    report_traces: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"][];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_server: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_metadata: {
        parameters: {
            query?: {
                version?: string | null;
            };
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_config: {
        parameters: {
            query?: {
                version?: string | null;
            };
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_infer: {
        parameters: {
            query?: {
                version?: string | null;
            };
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InferRequest"];
                "application/octet-stream": Blob;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_model_ready: {
        parameters: {
            query?: {
                version?: string | null;
            };
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_stats: {
        parameters: {
            query?: {
                version?: string | null;
            };
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_metadata_of_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_config_of_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_infer_of_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string | null;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InferRequest"];
                "application/octet-stream": Blob;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_model_ready_of_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_stats_of_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_all_stats: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_index: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    }[];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_load: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
    oip_unload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            507: components["responses"]["Problem507"];
        };
    };
}
