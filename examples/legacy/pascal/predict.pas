{ Predicts a penguin and a digit: predict SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE }
program predict;

{$mode delphi}

uses
  SysUtils, Classes, sidekick;

type
  ESidekick = class(Exception)
  public
    Status: Int32;
    constructor CreateFrom(Failed: Int32; Error: Psidekick_error);
  end;

constructor ESidekick.CreateFrom(Failed: Int32; Error: Psidekick_error);
begin
  inherited Create(string(sidekick_error_message(Error, nil)));
  Status := Failed;
  sidekick_error_free(Error);
end;

{ Every call goes through here: a failure becomes an exception. }
procedure Check(Status: Int32; Error: Psidekick_error);
begin
  if Status <> SIDEKICK_OK then
    raise ESidekick.CreateFrom(Status, Error);
end;

function Opened(const Server, Name, Token: AnsiString): Psidekick_deployment;
var
  Url: AnsiString;
  Status: Int32;
  Error: Psidekick_error;
begin
  Error := nil;
  Url := Server + '/deployment/' + Name;
  Status := sidekick_deployment_open(PAnsiChar(Url), Length(Url), PAnsiChar(Token), Length(Token), nil, nil,
    @Result, @Error);
  Check(Status, Error);
end;

procedure AddCategory(Rows: Psidekick_rows; const Name, ALabel: AnsiString);
var
  Status: Int32;
  Error: Psidekick_error;
begin
  Error := nil;
  Status := sidekick_rows_add_category(Rows, PAnsiChar(Name), Length(Name), PAnsiChar(ALabel), Length(ALabel), @Error);
  Check(Status, Error);
end;

procedure AddNumber(Rows: Psidekick_rows; const Name: AnsiString; Number: Double);
var
  Status: Int32;
  Error: Psidekick_error;
begin
  Error := nil;
  Status := sidekick_rows_add_number(Rows, PAnsiChar(Name), Length(Name), Number, @Error);
  Check(Status, Error);
end;

{ Ends the row and predicts it. }
function Predicted(Deployment: Psidekick_deployment; Rows: Psidekick_rows): Psidekick_predictions;
var
  Status: Int32;
  Error: Psidekick_error;
begin
  Error := nil;
  Status := sidekick_rows_end_row(Rows, @Error);
  Check(Status, Error);
  Status := sidekick_deployment_predict(Deployment, Rows, nil, @Result, @Error);
  Check(Status, Error);
end;

{ The most probable category of the first output. }
procedure PrintTop(const What: string; Predictions: Psidekick_predictions);
var
  Top: PAnsiChar;
  Probability: Double;
  Status: Int32;
  Error: Psidekick_error;
begin
  Error := nil;
  Status := sidekick_predictions_top(Predictions, 0, 0, 0, @Top, nil, @Probability, @Error);
  Check(Status, Error);
  WriteLn(What, ' ', Top, ' ', Probability:0:4);
end;

procedure PredictPenguin(const Server, Token: AnsiString);
var
  Deployment: Psidekick_deployment;
  Rows: Psidekick_rows;
  Predictions: Psidekick_predictions;
  Mass: Double;
  Status: Int32;
  Error: Psidekick_error;
begin
  { What is not yet there is nil, which each _free takes. }
  Deployment := nil;
  Rows := nil;
  Predictions := nil;
  Error := nil;
  try
    Deployment := Opened(Server, 'penguins', Token);
    Status := sidekick_rows_new(Deployment, @Rows, @Error);
    Check(Status, Error);
    AddCategory(Rows, 'island', 'Biscoe');
    AddCategory(Rows, 'sex', 'female');
    AddNumber(Rows, 'bill length (mm)', 46.1);
    AddNumber(Rows, 'bill depth (mm)', 13.2);
    AddNumber(Rows, 'flipper length (mm)', 211);
    AddNumber(Rows, 'year', 2007);
    Predictions := Predicted(Deployment, Rows);
    PrintTop('species', Predictions);
    Status := sidekick_predictions_number(Predictions, 1, 0, @Mass, @Error);
    Check(Status, Error);
    WriteLn('mass ', Mass:0:1);
  finally
    sidekick_predictions_free(Predictions);
    sidekick_rows_free(Rows);
    sidekick_deployment_free(Deployment);
  end;
end;

procedure PredictDigit(const Server, Token, ImageFile: AnsiString);
var
  Deployment: Psidekick_deployment;
  Rows: Psidekick_rows;
  Predictions: Psidekick_predictions;
  Image: TMemoryStream;
  Status: Int32;
  Error: Psidekick_error;
begin
  Deployment := nil;
  Rows := nil;
  Predictions := nil;
  Error := nil;
  Image := TMemoryStream.Create;
  try
    Image.LoadFromFile(ImageFile);
    Deployment := Opened(Server, 'digits', Token);
    Status := sidekick_rows_new(Deployment, @Rows, @Error);
    Check(Status, Error);
    Status := sidekick_rows_add_image(Rows, 'image', SIDEKICK_NUL, Image.Memory, Image.Size, @Error);
    Check(Status, Error);
    Predictions := Predicted(Deployment, Rows);
    PrintTop('digit', Predictions);
  finally
    sidekick_predictions_free(Predictions);
    sidekick_rows_free(Rows);
    sidekick_deployment_free(Deployment);
    Image.Free;
  end;
end;

begin
  if ParamCount <> 4 then
  begin
    WriteLn(ErrOutput, 'usage: predict SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE');
    Halt(2);
  end;
  try
    PredictPenguin(ParamStr(1), ParamStr(2));
    PredictDigit(ParamStr(1), ParamStr(3), ParamStr(4));
  except
    on Failure: ESidekick do
    begin
      WriteLn(ErrOutput, 'error ', Failure.Status, ': ', Failure.Message);
      Halt(1);
    end;
  end;
end.
