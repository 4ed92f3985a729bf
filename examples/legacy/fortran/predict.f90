! Predicts a penguin and a digit: predict SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE
program predict
    use sidekick
    use, intrinsic :: iso_fortran_env, only: error_unit
    implicit none

    if (command_argument_count() /= 4) then
        write (error_unit, '(a)') 'usage: predict SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE'
        stop 2
    end if
    call predict_penguin(argument(1), argument(2))
    call predict_digit(argument(1), argument(3), argument(4))

contains

    !> An argument of the command line, at its length.
    function argument(number) result(text)
        integer, intent(in) :: number
        character(len=:), allocatable :: text
        integer :: length
        call get_command_argument(number, length=length)
        allocate (character(len=length) :: text)
        call get_command_argument(number, text)
    end function

    !> The length of a text, as the library takes it.
    pure function size_of(text) result(length)
        character(len=*), intent(in) :: text
        integer(c_size_t) :: length
        length = len(text, c_size_t)
    end function

    !> Ends the program if a call failed, with the library's message.
    subroutine check(status, error)
        integer(c_int32_t), intent(in) :: status
        type(c_ptr), intent(inout) :: error
        type(c_ptr) :: message
        integer(c_size_t) :: length
        if (status == SIDEKICK_OK) return
        length = 0
        message = sidekick_error_message(error, length)
        write (error_unit, '(a,i0,2a)') 'error ', status, ': ', sidekick_string(message, length)
        call sidekick_error_free(error)
        stop 1, quiet=.true.
    end subroutine

    function opened(server, name, token) result(deployment)
        character(len=*), intent(in) :: server, name, token
        character(len=:), allocatable :: url
        type(c_ptr) :: deployment, error
        integer(c_int32_t) :: status
        deployment = c_null_ptr
        error = c_null_ptr
        url = server//'/deployment/'//name
        status = sidekick_deployment_open(url, size_of(url), token, size_of(token), c_null_ptr, c_null_ptr, &
                            deployment, error)
        call check(status, error)
    end function

    subroutine add_category(rows, name, label)
        type(c_ptr), intent(in) :: rows
        character(len=*), intent(in) :: name, label
        type(c_ptr) :: error
        integer(c_int32_t) :: status
        error = c_null_ptr
        status = sidekick_rows_add_category(rows, name, size_of(name), label, size_of(label), error)
        call check(status, error)
    end subroutine

    subroutine add_number(rows, name, number)
        type(c_ptr), intent(in) :: rows
        character(len=*), intent(in) :: name
        real(c_double), intent(in) :: number
        type(c_ptr) :: error
        integer(c_int32_t) :: status
        error = c_null_ptr
        status = sidekick_rows_add_number(rows, name, size_of(name), number, error)
        call check(status, error)
    end subroutine

    !> Predicts the finished rows; prints the most probable category of the first output.
    subroutine predict_rows(deployment, rows, what, predictions)
        type(c_ptr), intent(in) :: deployment, rows
        character(len=*), intent(in) :: what
        type(c_ptr), intent(out) :: predictions
        type(c_ptr) :: label, error
        integer(c_int32_t) :: status
        integer(c_size_t) :: length
        real(c_double) :: probability
        predictions = c_null_ptr
        label = c_null_ptr
        error = c_null_ptr
        status = sidekick_rows_end_row(rows, error)
        call check(status, error)
        status = sidekick_deployment_predict(deployment, rows, c_null_ptr, predictions, error)
        call check(status, error)
        status = sidekick_predictions_top(predictions, 0_c_size_t, 0_c_size_t, 0_c_size_t, label, length, &
                            probability, error)
        call check(status, error)
        print '(4a,f6.4)', what, ' ', sidekick_string(label, length), ' ', probability
    end subroutine

    subroutine predict_penguin(server, token)
        character(len=*), intent(in) :: server, token
        type(c_ptr) :: deployment, rows, predictions, error
        integer(c_int32_t) :: status
        real(c_double) :: mass
        rows = c_null_ptr
        error = c_null_ptr
        deployment = opened(server, 'penguins', token)
        status = sidekick_rows_new(deployment, rows, error)
        call check(status, error)
        call add_category(rows, 'island', 'Biscoe')
        call add_category(rows, 'sex', 'female')
        call add_number(rows, 'bill length (mm)', 46.1_c_double)
        call add_number(rows, 'bill depth (mm)', 13.2_c_double)
        call add_number(rows, 'flipper length (mm)', 211.0_c_double)
        call add_number(rows, 'year', 2007.0_c_double)
        call predict_rows(deployment, rows, 'species', predictions)
        status = sidekick_predictions_number(predictions, 1_c_size_t, 0_c_size_t, mass, error)
        call check(status, error)
        print '(a,f0.1)', 'mass ', mass
        call sidekick_predictions_free(predictions)
        call sidekick_rows_free(rows)
        call sidekick_deployment_free(deployment)
    end subroutine

    subroutine predict_digit(server, token, image)
        character(len=*), intent(in) :: server, token, image
        type(c_ptr) :: deployment, rows, predictions, error
        integer(c_int32_t) :: status
        rows = c_null_ptr
        error = c_null_ptr
        deployment = opened(server, 'digits', token)
        status = sidekick_rows_new(deployment, rows, error)
        call check(status, error)
        status = sidekick_rows_add_image_file(rows, 'image', 5_c_size_t, image, size_of(image), error)
        call check(status, error)
        call predict_rows(deployment, rows, 'digit', predictions)
        call sidekick_predictions_free(predictions)
        call sidekick_rows_free(rows)
        call sidekick_deployment_free(deployment)
    end subroutine
end program
