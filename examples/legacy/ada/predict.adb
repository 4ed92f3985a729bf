--  Predicts a penguin and a digit: predict SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE

with Ada.Command_Line;     use Ada.Command_Line;
with Ada.Exceptions;       use Ada.Exceptions;
with Ada.Finalization;
with Ada.Long_Float_Text_IO;
with Ada.Text_IO;          use Ada.Text_IO;
with Interfaces;           use type Interfaces.Integer_32;
with Interfaces.C;         use Interfaces.C;
with Interfaces.C.Strings; use Interfaces.C.Strings;
with Sidekick;             use Sidekick;

procedure Predict is

   Sidekick_Failed : exception;

   --  What one prediction needs. It is freed when it goes out of scope, also by an exception.
   type Call is new Ada.Finalization.Limited_Controlled with record
      Deployment  : aliased sidekick_deployment_pointer;
      Rows        : aliased sidekick_rows_pointer;
      Predictions : aliased sidekick_predictions_pointer;
      Error       : aliased sidekick_error_pointer;
   end record;

   overriding procedure Finalize (It : in out Call);

   --  Null, where the call has not come so far, is fine for each.
   overriding procedure Finalize (It : in out Call) is
   begin
      sidekick_error_free (It.Error);
      sidekick_predictions_free (It.Predictions);
      sidekick_rows_free (It.Rows);
      sidekick_deployment_free (It.Deployment);
   end Finalize;

   --  Raises what went wrong.
   procedure Check (It : Call; Status : sidekick_status) is
   begin
      if Status /= SIDEKICK_OK then
         raise Sidekick_Failed with
           "error" & Status'Image & ": " & Value (sidekick_error_message (It.Error, null));
      end if;
   end Check;

   procedure Open (It : in out Call; Server, Name, Token : String) is
      Url : constant String := Server & "/deployment/" & Name;
   begin
      Check (It, sidekick_deployment_open
               (To_C (Url), Url'Length, To_C (Token), Token'Length, null, null,
                It.Deployment'Access, It.Error'Access));
      Check (It, sidekick_rows_new (It.Deployment, It.Rows'Access, It.Error'Access));
   end Open;

   procedure Add_Category (It : in out Call; Name, Label : String) is
   begin
      Check (It, sidekick_rows_add_category
               (It.Rows, To_C (Name), Name'Length, To_C (Label), Label'Length, It.Error'Access));
   end Add_Category;

   procedure Add_Number (It : in out Call; Name : String; Number : double) is
   begin
      Check (It, sidekick_rows_add_number (It.Rows, To_C (Name), Name'Length, Number, It.Error'Access));
   end Add_Number;

   --  Ends the row, predicts it, and prints the most probable category of the first output.
   procedure Predict_Row (It : in out Call; What : String) is
      Label       : aliased chars_ptr := Null_Ptr;
      Length      : aliased size_t := 0;
      Probability : aliased double := 0.0;
   begin
      Check (It, sidekick_rows_end_row (It.Rows, It.Error'Access));
      Check (It, sidekick_deployment_predict
               (It.Deployment, It.Rows, null, It.Predictions'Access, It.Error'Access));
      Check (It, sidekick_predictions_top
               (It.Predictions, 0, 0, 0, Label'Access, Length'Access, Probability'Access, It.Error'Access));
      Put (What & " " & Value (Label, Length) & " ");
      Ada.Long_Float_Text_IO.Put (Long_Float (Probability), Fore => 1, Aft => 4, Exp => 0);
      New_Line;
   end Predict_Row;

   procedure Predict_Penguin (Server, Token : String) is
      It   : Call;
      Mass : aliased double := 0.0;
   begin
      Open (It, Server, "penguins", Token);
      Add_Category (It, "island", "Biscoe");
      Add_Category (It, "sex", "female");
      Add_Number (It, "bill length (mm)", 46.1);
      Add_Number (It, "bill depth (mm)", 13.2);
      Add_Number (It, "flipper length (mm)", 211.0);
      Add_Number (It, "year", 2007.0);
      Predict_Row (It, "species");
      Check (It, sidekick_predictions_number (It.Predictions, 1, 0, Mass'Access, It.Error'Access));
      Put ("mass ");
      Ada.Long_Float_Text_IO.Put (Long_Float (Mass), Fore => 1, Aft => 1, Exp => 0);
      New_Line;
   end Predict_Penguin;

   procedure Predict_Digit (Server, Token, Image : String) is
      It : Call;
   begin
      Open (It, Server, "digits", Token);
      Check (It, sidekick_rows_add_image_file
               (It.Rows, To_C ("image"), 5, To_C (Image), Image'Length, It.Error'Access));
      Predict_Row (It, "digit");
   end Predict_Digit;

begin
   if Argument_Count /= 4 then
      Put_Line (Standard_Error, "usage: predict SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE");
      Set_Exit_Status (2);
      return;
   end if;
   Predict_Penguin (Argument (1), Argument (2));
   Predict_Digit (Argument (1), Argument (3), Argument (4));
exception
   when Failure : Sidekick_Failed =>
      Put_Line (Standard_Error, Exception_Message (Failure));
      Set_Exit_Status (1);
end Predict;
