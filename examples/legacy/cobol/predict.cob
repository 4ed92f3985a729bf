      *> Predicts a penguin and a digit:
      *> predict SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE
       IDENTIFICATION DIVISION.
       PROGRAM-ID. PREDICT.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       COPY "sidekick.cpy".
       01  SERVER                PIC X(256).
       01  PENGUINS-TOKEN        PIC X(256).
       01  DIGITS-TOKEN          PIC X(256).
       01  IMAGE-PATH            PIC X(256).
       01  ARGUMENT-COUNT        BINARY-LONG.
       01  URL                   PIC X(300).
       01  TOKEN                 PIC X(256).
      *> The name of a deployment, an input, or a label.
       01  NAME                  PIC X(64).
       01  LABEL-TEXT            PIC X(64).
      *> Lengths, indexes and pointers have 64 bits.
       01  URL-LENGTH            BINARY-DOUBLE UNSIGNED.
       01  TOKEN-LENGTH          BINARY-DOUBLE UNSIGNED.
       01  NAME-LENGTH           BINARY-DOUBLE UNSIGNED.
       01  LABEL-LENGTH          BINARY-DOUBLE UNSIGNED.
       01  TEXT-LENGTH           BINARY-DOUBLE UNSIGNED.
       01  FIRST-ONE             BINARY-DOUBLE UNSIGNED VALUE 0.
       01  SECOND-ONE            BINARY-DOUBLE UNSIGNED VALUE 1.
       01  STATUS-CODE           BINARY-LONG.
       01  DEPLOYMENT            POINTER VALUE NULL.
       01  SK-ROWS               POINTER VALUE NULL.
       01  PREDICTIONS           POINTER VALUE NULL.
      *> Null until a call fails; freed before the next one can.
       01  SK-ERROR              POINTER VALUE NULL.
       01  TEXT-POINTER          POINTER VALUE NULL.
       01  NUMBER-VALUE          COMP-2.
       01  PROBABILITY           COMP-2.
       01  SHOWN-STATUS          PIC Z(8)9.
       01  SHOWN-PROBABILITY     PIC 9.9(4).
       01  SHOWN-MASS            PIC Z(6)9.9.
       LINKAGE SECTION.
      *> Text of the library: as many bytes of it as its length says.
       01  SK-TEXT               PIC X(4096).

       PROCEDURE DIVISION.
       MAIN-PROGRAM.
           ACCEPT ARGUMENT-COUNT FROM ARGUMENT-NUMBER
           IF ARGUMENT-COUNT NOT = 4
               DISPLAY "usage: predict SERVER PENGUINS-TOKEN"
                   " DIGITS-TOKEN IMAGE" UPON SYSERR
               MOVE 2 TO RETURN-CODE
               STOP RUN
           END-IF
           ACCEPT SERVER FROM ARGUMENT-VALUE
           ACCEPT PENGUINS-TOKEN FROM ARGUMENT-VALUE
           ACCEPT DIGITS-TOKEN FROM ARGUMENT-VALUE
           ACCEPT IMAGE-PATH FROM ARGUMENT-VALUE
           PERFORM PREDICT-PENGUIN
           PERFORM PREDICT-DIGIT
           STOP RUN.

       PREDICT-PENGUIN.
           MOVE "penguins" TO NAME
           MOVE PENGUINS-TOKEN TO TOKEN
           PERFORM OPEN-DEPLOYMENT
           MOVE "island" TO NAME
           MOVE "Biscoe" TO LABEL-TEXT
           PERFORM ADD-CATEGORY
           MOVE "sex" TO NAME
           MOVE "female" TO LABEL-TEXT
           PERFORM ADD-CATEGORY
           MOVE "bill length (mm)" TO NAME
           MOVE 46.1 TO NUMBER-VALUE
           PERFORM ADD-NUMBER
           MOVE "bill depth (mm)" TO NAME
           MOVE 13.2 TO NUMBER-VALUE
           PERFORM ADD-NUMBER
           MOVE "flipper length (mm)" TO NAME
           MOVE 211 TO NUMBER-VALUE
           PERFORM ADD-NUMBER
           MOVE "year" TO NAME
           MOVE 2007 TO NUMBER-VALUE
           PERFORM ADD-NUMBER
           PERFORM PREDICT-ROW
           DISPLAY "species " SK-TEXT(1:TEXT-LENGTH) " "
               SHOWN-PROBABILITY
           CALL STATIC "sidekick_predictions_number" USING
               BY VALUE PREDICTIONS
               BY VALUE SECOND-ONE BY VALUE FIRST-ONE
               BY REFERENCE NUMBER-VALUE
               BY REFERENCE SK-ERROR
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS
           COMPUTE SHOWN-MASS ROUNDED = NUMBER-VALUE
           DISPLAY "mass " FUNCTION TRIM(SHOWN-MASS)
           PERFORM FREE-ALL.

       PREDICT-DIGIT.
           MOVE "digits" TO NAME
           MOVE DIGITS-TOKEN TO TOKEN
           PERFORM OPEN-DEPLOYMENT
           MOVE "image" TO NAME
           PERFORM MEASURE-NAME
           MOVE FUNCTION STORED-CHAR-LENGTH(IMAGE-PATH) TO TEXT-LENGTH
           CALL STATIC "sidekick_rows_add_image_file" USING
               BY VALUE SK-ROWS
               BY REFERENCE NAME BY VALUE NAME-LENGTH
               BY REFERENCE IMAGE-PATH BY VALUE TEXT-LENGTH
               BY REFERENCE SK-ERROR
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS
           PERFORM PREDICT-ROW
           DISPLAY "digit " SK-TEXT(1:TEXT-LENGTH) " "
               SHOWN-PROBABILITY
           PERFORM FREE-ALL.

       OPEN-DEPLOYMENT.
           STRING FUNCTION TRIM(SERVER) "/deployment/"
               FUNCTION TRIM(NAME) DELIMITED BY SIZE INTO URL
           MOVE FUNCTION STORED-CHAR-LENGTH(URL) TO URL-LENGTH
           MOVE FUNCTION STORED-CHAR-LENGTH(TOKEN) TO TOKEN-LENGTH
           CALL STATIC "sidekick_deployment_open" USING
               BY REFERENCE URL BY VALUE URL-LENGTH
               BY REFERENCE TOKEN BY VALUE TOKEN-LENGTH
               BY REFERENCE NULL
               BY REFERENCE NULL
               BY REFERENCE DEPLOYMENT
               BY REFERENCE SK-ERROR
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS
           CALL STATIC "sidekick_rows_new" USING
               BY VALUE DEPLOYMENT
               BY REFERENCE SK-ROWS
               BY REFERENCE SK-ERROR
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS.

       MEASURE-NAME.
           MOVE FUNCTION STORED-CHAR-LENGTH(NAME) TO NAME-LENGTH.

       ADD-CATEGORY.
           PERFORM MEASURE-NAME
           MOVE FUNCTION STORED-CHAR-LENGTH(LABEL-TEXT) TO LABEL-LENGTH
           CALL STATIC "sidekick_rows_add_category" USING
               BY VALUE SK-ROWS
               BY REFERENCE NAME BY VALUE NAME-LENGTH
               BY REFERENCE LABEL-TEXT BY VALUE LABEL-LENGTH
               BY REFERENCE SK-ERROR
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS.

       ADD-NUMBER.
           PERFORM MEASURE-NAME
           CALL STATIC "sidekick_rows_add_number" USING
               BY VALUE SK-ROWS
               BY REFERENCE NAME BY VALUE NAME-LENGTH
               BY VALUE NUMBER-VALUE
               BY REFERENCE SK-ERROR
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS.

      *> Ends the row and predicts it. SK-TEXT is then the most probable
      *> category of the first output.
       PREDICT-ROW.
           CALL STATIC "sidekick_rows_end_row" USING
               BY VALUE SK-ROWS
               BY REFERENCE SK-ERROR
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS
           CALL STATIC "sidekick_deployment_predict" USING
               BY VALUE DEPLOYMENT
               BY VALUE SK-ROWS
               BY REFERENCE NULL
               BY REFERENCE PREDICTIONS
               BY REFERENCE SK-ERROR
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS
           CALL STATIC "sidekick_predictions_top" USING
               BY VALUE PREDICTIONS
               BY VALUE FIRST-ONE BY VALUE FIRST-ONE
               BY VALUE FIRST-ONE
               BY REFERENCE TEXT-POINTER
               BY REFERENCE TEXT-LENGTH
               BY REFERENCE PROBABILITY
               BY REFERENCE SK-ERROR
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS
           SET ADDRESS OF SK-TEXT TO TEXT-POINTER
           COMPUTE SHOWN-PROBABILITY ROUNDED = PROBABILITY.

      *> Ends the program if a call failed, with the library's message.
       CHECK-STATUS.
           IF STATUS-CODE NOT = SIDEKICK-OK
               MOVE STATUS-CODE TO SHOWN-STATUS
               CALL STATIC "sidekick_error_message" USING
                   BY VALUE SK-ERROR
                   BY REFERENCE TEXT-LENGTH
                   RETURNING TEXT-POINTER
               SET ADDRESS OF SK-TEXT TO TEXT-POINTER
               DISPLAY "error " FUNCTION TRIM(SHOWN-STATUS) ": "
                   SK-TEXT(1:TEXT-LENGTH) UPON SYSERR
               CALL STATIC "sidekick_error_free" USING
                   BY VALUE SK-ERROR
                   RETURNING OMITTED
               PERFORM FREE-ALL
               MOVE 1 TO RETURN-CODE
               STOP RUN
           END-IF.

      *> Null, where the program has not come so far, is fine for each.
       FREE-ALL.
           CALL STATIC "sidekick_predictions_free" USING
               BY VALUE PREDICTIONS RETURNING OMITTED
           CALL STATIC "sidekick_rows_free" USING
               BY VALUE SK-ROWS RETURNING OMITTED
           CALL STATIC "sidekick_deployment_free" USING
               BY VALUE DEPLOYMENT RETURNING OMITTED
           SET PREDICTIONS SK-ROWS DEPLOYMENT TO NULL
           MOVE SPACES TO URL.
